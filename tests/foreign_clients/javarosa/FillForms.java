import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.model.xform.XFormsModule;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Takes every form of an OpenRosa server, fills it in with JavaRosa (the engine of ODK Collect) and posts it.
 * One JSON line for each submission on stdout; exit code 1 and the reasons on stderr when any of them failed.
 */
public final class FillForms {
    private static final String DEVICE_ID = "collect:javarosa-test-client";

    private final Map<String, String> options = new HashMap<>();
    private final List<OpenRosaServer.Photo> photoFiles = new ArrayList<>();
    private final Map<String, List<String>> hints = new HashMap<>();
    private final Map<String, Integer> hintsUsed = new HashMap<>();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final PrintStream reasons = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    private boolean failed;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        FillForms run = new FillForms();
        // Only reports go to stdout, whatever the engine finds worth printing.
        System.setOut(System.err);
        try {
            run.readOptions(arguments);
            run.fillEveryForm();
        } catch (ConnectException broken) {
            run.fail("nobody answers at " + run.options.get("server"));
        } catch (IOException | IllegalArgumentException broken) {
            run.fail(broken.getMessage() == null ? broken.toString() : broken.getMessage());
        }
        System.exit(run.failed ? 1 : 0);
    }

    private void readOptions(String[] arguments) throws IOException {
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (arguments[i].equals("--photo")) {
                photoFiles.add(readPhoto(Path.of(arguments[i + 1])));
            } else {
                options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
            }
        }
        if (arguments.length % 2 != 0 || !options.containsKey("server") || !options.containsKey("answers")) {
            throw new IllegalArgumentException("usage: FillForms --server URL --answers plausible_answers.json [--user U --password P]"
                    + " [--photo FILE]... [--findings N] [--language L] [--form ID] [--repeat N] [--files-per-post N]"
                    + " [--hints FILE] [--save-dir DIR]");
        }
        if (options.containsKey("hints")) {
            JsonNode file = new ObjectMapper().readTree(Files.readAllBytes(Path.of(options.get("hints"))));
            file.fields().forEachRemaining(hint -> hints.put(hint.getKey(), texts(hint.getValue())));
        }
    }

    private static List<String> texts(JsonNode value) {
        List<String> found = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(one -> found.add(one.asText()));
        } else {
            found.add(value.asText());
        }
        return found;
    }

    private static OpenRosaServer.Photo readPhoto(Path file) throws IOException {
        String name = file.getFileName().toString();
        String type = name.toLowerCase(Locale.ENGLISH).endsWith(".png") ? "image/png" : "image/jpeg";
        return new OpenRosaServer.Photo(name, type, Files.readAllBytes(file));
    }

    private int number(String option, int otherwise) {
        return options.containsKey(option) ? Integer.parseInt(options.get(option)) : otherwise;
    }

    private void fillEveryForm() throws IOException, InterruptedException {
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        String user = options.get("user");
        PropertyManager.setPropertyManager(new DeviceProperties(Map.of("deviceid", DEVICE_ID, "username", user == null ? "" : user)));
        String password = options.getOrDefault("password", "");
        OpenRosaServer server = new OpenRosaServer(options.get("server"), user, password, DEVICE_ID);
        int taken = 0;
        for (OpenRosaServer.ListedForm listed : server.listForms()) {
            if (options.containsKey("form") && !options.get("form").equals(listed.formId())) {
                continue;
            }
            taken++;
            fillOneForm(server, listed);
        }
        if (taken == 0) {
            fail(options.containsKey("form") ? "the form list has no form " + options.get("form") : "the form list is empty");
        }
    }

    private void fillOneForm(OpenRosaServer server, OpenRosaServer.ListedForm listed) throws InterruptedException {
        try {
            byte[] xform = server.download(listed);
            Path folder = Files.createTempDirectory("javarosa-media");
            folder.toFile().deleteOnExit();
            for (OpenRosaServer.Media media : server.downloadMedia(listed)) {
                Path file = Files.write(folder.resolve(media.filename()), media.content());
                file.toFile().deleteOnExit();
            }
            ReferenceManager.instance().reset();
            ReferenceManager.instance().addReferenceFactory(new MediaFolder(folder));
            for (int i = 0; i < number("repeat", 1); i++) {
                fillAndPost(server, listed, xform);
            }
        } catch (IOException | RuntimeException | org.javarosa.xform.parse.XFormParser.ParseException broken) {
            fail(listed.formId() + ": " + broken);
        }
    }

    private void fillAndPost(OpenRosaServer server, OpenRosaServer.ListedForm listed, byte[] xform)
            throws IOException, InterruptedException, org.javarosa.xform.parse.XFormParser.ParseException {
        PlausibleAnswers answers = new PlausibleAnswers(Path.of(options.get("answers")), hints, hintsUsed, xform);
        FormFiller filler = new FormFiller(xform, answers, photoFiles, number("findings", 1), options.get("language"));
        byte[] xml = filler.fill();
        Document filled = OpenRosaServer.parse(xml);
        String instanceId = OpenRosaServer.children(filled.getDocumentElement(), "instanceID").get(0).getTextContent();
        if (options.containsKey("save-dir")) {
            Path folder = Files.createDirectories(Path.of(options.get("save-dir")));
            Files.write(folder.resolve(listed.formId() + "-" + instanceId.replace("uuid:", "") + ".xml"), xml);
        }
        OpenRosaServer.Reply reply = server.submit(listed.formId() + ".xml", xml, filler.photos(), number("files-per-post", 0));
        out.println(report(listed, filled, instanceId, filler.photos(), reply));
        if (!OpenRosaServer.accepted(reply)) {
            fail(listed.formId() + ": the server answered " + reply.status() + ": " + reply.message());
        }
    }

    private static String report(OpenRosaServer.ListedForm listed, Document filled, String instanceId,
            List<OpenRosaServer.Photo> photos, OpenRosaServer.Reply reply) throws IOException {
        long findings = OpenRosaServer.children(filled.getDocumentElement(), "entity").stream().filter(FillForms::opensRequest).count();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("form_id", listed.formId());
        line.put("version", filled.getDocumentElement().getAttribute("version"));
        line.put("instance_id", instanceId);
        line.put("status", reply.status());
        line.put("photos", photos.stream()
                .map(photo -> Map.of("name", photo.filename(), "sha256", OpenRosaServer.digest("SHA-256", photo.content()))).toList());
        line.put("findings", findings);
        line.put("message", reply.message());
        return new ObjectMapper().writeValueAsString(line);
    }

    private static boolean opensRequest(Element entity) {
        return entity.getAttribute("dataset").equals("talepler") && List.of("1", "true").contains(entity.getAttribute("create"));
    }

    private void fail(String reason) {
        failed = true;
        reasons.println(reason);
    }
}
