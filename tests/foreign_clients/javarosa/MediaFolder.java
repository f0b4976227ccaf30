import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;

/** Resolves jr://file-csv/x.csv, jr://images/x.png and their like to the files of the manifest. */
final class MediaFolder extends PrefixedRootFactory {
    private final Path folder;

    MediaFolder(Path folder) {
        // JavaRosa compares beginnings: "file" would take "file-csv" too.
            super(new String[] {"file-csv", "file", "images", "audio", "video"});
        this.folder = folder;
    }

    @Override
    protected Reference factory(String terminal, String uri) {
        Path file = folder.resolve(terminal.replaceFirst("^/+", ""));
        if (!Files.exists(file)) {
            // JavaRosa would go on with an empty list, and the mistake would show up as a question without choices.
            throw new IllegalStateException("the form names " + uri + ", but the manifest does not have it");
        }
        return new MediaFile(file, uri);
    }

    private record MediaFile(Path file, String uri) implements Reference {
        @Override
        public boolean doesBinaryExist() {
            return Files.exists(file);
        }

        @Override
        public InputStream getStream() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public String getURI() {
            return uri;
        }

        @Override
        public String getLocalURI() {
            return file.toString();
        }

        @Override
        public boolean isReadOnly() {
            return true;
        }

        @Override
        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException("media files are only read");
        }

        @Override
        public void remove() {
            throw new UnsupportedOperationException("media files are only read");
        }

        @Override
        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
