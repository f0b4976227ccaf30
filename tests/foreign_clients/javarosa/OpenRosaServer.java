import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.SimpleDateFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The HTTP side of a tablet: lists forms, downloads them, posts submissions, and is as strict about the answers as
 * ODK Collect is (version header, content type, hashes, 204 for HEAD, only 201 or 202 for a submission).
 *
 * One liberty: Collect offers a Basic password only over HTTPS; here plain HTTP is allowed, because test servers have
 * no certificate.
 */
final class OpenRosaServer {
    /** What the form list says about one form. */
    record ListedForm(String formId, String name, String version, String hash, String downloadUrl, String manifestUrl) {}

    /** One file of a manifest. */
    record Media(String filename, byte[] content) {}

    /** One file that travels with a submission. */
    record Photo(String filename, String contentType, byte[] content) {}

    /** How the server took a submission. */
    record Reply(int status, String message) {}

    /** The server did what Collect would not put up with. */
    static final class Unacceptable extends IOException {
        Unacceptable(String message) {
            super(message);
        }
    }

    private static final int FILES_IN_ONE_POST = 100;
    private static final long DEFAULT_CONTENT_LENGTH = 10_000_000;
    // OkHttp, and so Collect, writes Basic credentials in Latin-1.
    private static final Charset CREDENTIALS_CHARSET = StandardCharsets.ISO_8859_1;

    private final String root;
    private final String user;
    private final String password;
    private final String deviceId;
    private boolean challenged;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(30))
            .build();

    OpenRosaServer(String root, String user, String password, String deviceId) throws Unacceptable {
        this.root = root.replaceAll("/+$", "");
        this.user = user;
        this.password = password;
        this.deviceId = deviceId;
        if (user != null && !CREDENTIALS_CHARSET.newEncoder().canEncode(user + password)) {
            throw new Unacceptable("Collect cannot send this user name or password: it has letters outside Latin-1");
        }
    }

    List<ListedForm> listForms() throws IOException, InterruptedException {
        Document list = openRosaDocument(root + "/formList", "xforms", "http://openrosa.org/xforms/xformsList");
        List<ListedForm> forms = new ArrayList<>();
        for (Element entry : children(list.getDocumentElement(), "xform")) {
            ListedForm form = new ListedForm(text(entry, "formID"), text(entry, "name"), text(entry, "version"),
                    text(entry, "hash"), text(entry, "downloadUrl"), text(entry, "manifestUrl"));
            if (form.formId.isEmpty() || form.name.isEmpty() || form.downloadUrl.isEmpty()) {
                throw new Unacceptable("an entry of the form list lacks formID, name or downloadUrl: Collect drops the whole list");
            }
            forms.add(form);
        }
        return forms;
    }

    byte[] download(ListedForm form) throws IOException, InterruptedException {
        byte[] xform = get(form.downloadUrl).body();
        expectHash(form.hash, xform, "form " + form.formId);
        return xform;
    }

    List<Media> downloadMedia(ListedForm form) throws IOException, InterruptedException {
        List<Media> files = new ArrayList<>();
        if (form.manifestUrl.isEmpty()) {
            return files;
        }
        Document manifest = openRosaDocument(form.manifestUrl, "manifest", "http://openrosa.org/xforms/xformsManifest");
        for (Element entry : children(manifest.getDocumentElement(), "mediaFile")) {
            String filename = text(entry, "filename");
            byte[] content = get(text(entry, "downloadUrl")).body();
            // The hash of an entity list is an opaque change tag, not one of the bytes.
            if (!"entityList".equals(entry.getAttribute("type"))) {
                expectHash(text(entry, "hash"), content, "media file " + filename);
            }
            files.add(new Media(filename, content));
        }
        return files;
    }

    /** Posts one submission, in as many posts as the advertised length and `filesPerPost` (0: no limit) ask for. */
    Reply submit(String xmlName, byte[] xml, List<Photo> photos, int filesPerPost) throws IOException, InterruptedException {
        long limit = askSubmissionLimit();
        int next = 0;
        Reply reply;
        do {
            Multipart body = new Multipart();
            body.add("xml_submission_file", xmlName, "text/xml", xml);
            long size = xml.length;
            int inThisPost = 0;
            while (next < photos.size() && (inThisPost == 0 || fits(size, inThisPost, photos.get(next), limit, filesPerPost))) {
                Photo photo = photos.get(next++);
                body.add(photo.filename, photo.filename, photo.contentType, photo.content);
                size += photo.content.length;
                inThisPost++;
            }
            if (next < photos.size()) {
                body.add("*isIncomplete*", null, null, "yes".getBytes(StandardCharsets.UTF_8));
            }
            HttpResponse<byte[]> response = send(request(root + "/submission")
                    .header("Content-Type", "multipart/form-data; boundary=" + body.boundary)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body.finish())));
            reply = new Reply(response.statusCode(), firstMessage(response.body()));
        } while (accepted(reply) && next < photos.size());
        return reply;
    }

    static boolean accepted(Reply reply) {
        return reply.status == 201 || reply.status == 202;
    }

    private static boolean fits(long size, int inThisPost, Photo photo, long limit, int filesPerPost) {
        int most = filesPerPost > 0 ? filesPerPost : FILES_IN_ONE_POST;
        return inThisPost < most && size + photo.content.length <= limit;
    }

    private long askSubmissionLimit() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(request(root + "/submission").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        if (response.statusCode() != 204) {
            throw new Unacceptable("HEAD submission answered " + response.statusCode() + ", Collect wants 204");
        }
        expectVersion(response, "HEAD submission");
        return response.headers().firstValueAsLong("X-OpenRosa-Accept-Content-Length").orElse(DEFAULT_CONTENT_LENGTH);
    }

    private Document openRosaDocument(String url, String rootName, String namespace) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = get(url);
        expectVersion(response, url);
        String type = response.headers().firstValue("Content-Type").orElse("text/xml");
        if (!type.toLowerCase(Locale.ENGLISH).contains("text/xml")) {
            throw new Unacceptable(url + " is " + type + ", Collect wants text/xml");
        }
        Document document = parse(response.body());
        Element top = document.getDocumentElement();
        if (!rootName.equals(top.getLocalName()) || !namespace.equals(top.getNamespaceURI())) {
            throw new Unacceptable(url + " has the root {" + top.getNamespaceURI() + "}" + top.getLocalName());
        }
        return document;
    }

    private HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(request(url).GET());
        if (response.statusCode() != 200) {
            throw new Unacceptable("GET " + url + " answered " + response.statusCode() + ": " + firstMessage(response.body()));
        }
        return response;
    }

    private HttpRequest.Builder request(String url) {
        String device = "deviceID=" + URLEncoder.encode(deviceId, StandardCharsets.UTF_8);
        // Collect's own date: a 12-hour clock without AM or PM, which servers must not believe.
        SimpleDateFormat date = new SimpleDateFormat("E, dd MMM yyyy hh:mm:ss zz", Locale.US);
        date.setTimeZone(TimeZone.getTimeZone("GMT"));
        return HttpRequest.newBuilder(URI.create(url + (url.contains("?") ? "&" : "?") + device))
                .timeout(Duration.ofSeconds(60))
                .header("User-Agent", "javarosa-test-client")
                .header("X-OpenRosa-Version", "1.0")
                .header("Date", date.format(new Date()));
    }

    /** Sends without a password first; once challenged, the header goes with every request, as Collect does it. */
    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (challenged) {
            request.setHeader("Authorization", credentials());
        }
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        boolean basic = response.headers().allValues("WWW-Authenticate").stream()
                .anyMatch(challenge -> challenge.toLowerCase(Locale.ENGLISH).startsWith("basic"));
        if (response.statusCode() == 401 && basic && !challenged && user != null) {
            challenged = true;
            request.setHeader("Authorization", credentials());
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }
        return response;
    }

    private String credentials() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(CREDENTIALS_CHARSET));
    }

    private static void expectVersion(HttpResponse<byte[]> response, String what) throws Unacceptable {
        if (!"1.0".equals(response.headers().firstValue("X-OpenRosa-Version").orElse(""))) {
            throw new Unacceptable(what + ": no X-OpenRosa-Version: 1.0 in the answer, Collect takes it for another kind of server");
        }
    }

    private static void expectHash(String promised, byte[] content, String what) throws Unacceptable {
        String actual = "md5:" + digest("MD5", content);
        if (!promised.isEmpty() && !promised.equals(actual)) {
            throw new Unacceptable(what + " was announced with " + promised + " but its bytes have " + actual);
        }
    }

    static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Document parse(byte[] xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(xml));
        } catch (javax.xml.parsers.ParserConfigurationException | org.xml.sax.SAXException broken) {
            throw new Unacceptable("not XML: " + broken.getMessage());
        }
    }

    private static String firstMessage(byte[] body) {
        try {
            NodeList messages = parse(body).getElementsByTagNameNS("*", "message");
            return messages.getLength() == 0 ? "" : messages.item(0).getTextContent();
        } catch (IOException notXml) {
            return new String(body, StandardCharsets.UTF_8).lines().limit(3).reduce("", (all, line) -> all + line + " ").strip();
        }
    }

    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getElementsByTagNameNS("*", name);
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    /** A multipart body with a Content-Length in each part, the way OkHttp writes it. */
    private static final class Multipart {
        final String boundary = UUID.randomUUID().toString();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void add(String name, String filename, String contentType, byte[] content) {
            String file = filename == null ? "" : "; filename=\"" + filename + "\"";
            String type = contentType == null ? "" : "Content-Type: " + contentType + "\r\n";
            out.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n" + type
                    + "Content-Length: " + content.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(content);
            out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }

        byte[] finish() {
            out.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
            return out.toByteArray();
        }
    }
}
