import java.util.List;
import java.util.Map;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;

/** What a form may ask about the tablet (device id, user name); JavaRosa's own keeper of these wants a database. */
record DeviceProperties(Map<String, String> values) implements IPropertyManager {
    @Override
    public List<String> getProperty(String name) {
        return values.containsKey(name) ? List.of(values.get(name)) : List.of();
    }

    @Override
    public String getSingularProperty(String name) {
        return values.get(name);
    }

    @Override
    public void setProperty(String name, String value) {
        // JavaRosa writes preloaded values back when the form is finalised; there is nothing to keep.
    }

    @Override
    public void setProperty(String name, List<String> value) {
        // JavaRosa writes preloaded values back when the form is finalised; there is nothing to keep.
    }

    @Override
    public void addRules(IPropertyRules rules) {
        throw new UnsupportedOperationException("these properties have no rules");
    }

    @Override
    public List<IPropertyRules> getRules() {
        return List.of();
    }
}
