import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.javarosa.core.model.Constants;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * What a worker could answer to a question: the caller's hint, else values of its type, those that stand in the
 * question's own constraint among them. Which of them is right, the form engine decides.
 */
final class PlausibleAnswers {
    private static final Pattern LITERAL = Pattern.compile("'([^']*)'|\"([^\"]*)\"");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.'])-?\\d+(?:\\.\\d+)?");
    // `/data/a = 'x'`, `/data/a != 'x'` and `selected(/data/a, 'x')`, from the last step of the path on.
    private static final Pattern COMPARISON = Pattern.compile("([\\w.-]+)\\s*(!?=|,)\\s*(?:'([^']*)'|\"([^\"]*)\")");

    private final JsonNode lists;
    private final Map<String, List<String>> hints;
    private final Map<String, Integer> hintsUsed;
    private final Map<String, String> constraints = new HashMap<>();
    private final Set<String> paths = new HashSet<>();
    private final Set<String> findingPaths = new HashSet<>();
    private final Map<String, String> relevances = new HashMap<>();
    private final Map<String, Gate> gates = new HashMap<>();

    /** A question on which a findings repeat hangs: choices that open the way, that close it, and whether it is the nearest. */
    private record Gate(Set<String> opening, Set<String> closing, boolean nearest) {
        boolean opens(String choice) {
            return opening.isEmpty() ? !closing.contains(choice) : opening.contains(choice);
        }
    }

    /** `hintsUsed` counts on from one form to the next. */
    PlausibleAnswers(Path listsFile, Map<String, List<String>> hints, Map<String, Integer> hintsUsed, byte[] xform) throws IOException {
        this.lists = new ObjectMapper().readTree(Files.readAllBytes(listsFile));
        this.hints = hints;
        this.hintsUsed = hintsUsed;
        Document document = OpenRosaServer.parse(xform);
        for (Element bind : OpenRosaServer.children(document.getDocumentElement(), "bind")) {
            String path = bind.getAttribute("nodeset");
            paths.add(path);
            if (bind.hasAttribute("constraint")) {
                constraints.put(path, bind.getAttribute("constraint"));
            }
            if (bind.hasAttribute("relevant")) {
                relevances.put(path, bind.getAttribute("relevant"));
            }
            int entity = path.indexOf("/meta/entity");
            if (entity >= 0) {
                findingPaths.add(path.substring(0, entity));
            }
        }
        // Groups that declare an entity update what is visited; only a repeat records findings.
        Set<String> repeats = new HashSet<>();
        OpenRosaServer.children(document.getDocumentElement(), "repeat").forEach(repeat -> repeats.add(repeat.getAttribute("nodeset")));
        findingPaths.retainAll(repeats);
        findGates();
    }

    /** Is the repeat at `path` one that declares an entity, that is, records a finding? */
    boolean isFinding(String path) {
        return findingPaths.contains(path);
    }

    /** Does the relevance of a findings repeat hang on the question of this name? */
    boolean isGate(String name) {
        return gates.containsKey(name);
    }

    boolean hasHint(String name) {
        return hints.containsKey(name);
    }

    /** Follows relevance backwards from the findings: a gate may itself stand behind another one. */
    private void findGates() {
        Deque<String> behind = new ArrayDeque<>(findingPaths);
        while (!behind.isEmpty()) {
            String path = behind.remove();
            relevances.forEach((holder, relevant) -> {
                if (path.equals(holder) || path.startsWith(holder + "/")) {
                    behind.addAll(gatesIn(relevant, findingPaths.contains(holder)));
                }
            });
        }
    }

    /** Remembers the questions that an expression compares with a text; returns the paths of those that are new. */
    private List<String> gatesIn(String relevant, boolean nearest) {
        List<String> fresh = new ArrayList<>();
        Matcher comparison = COMPARISON.matcher(relevant);
        while (comparison.find()) {
            String name = comparison.group(1);
            if (!gates.containsKey(name)) {
                gates.put(name, new Gate(new HashSet<>(), new HashSet<>(), nearest));
                paths.stream().filter(path -> path.endsWith("/" + name)).forEach(fresh::add);
            }
            Gate gate = gates.get(name);
            String literal = comparison.group(3) != null ? comparison.group(3) : comparison.group(4);
            (comparison.group(2).equals("!=") ? gate.closing : gate.opening).add(literal);
        }
        return fresh;
    }

    private static List<String> literalsOf(String expression) {
        List<String> found = new ArrayList<>();
        Matcher literal = LITERAL.matcher(expression);
        while (literal.find()) {
            found.add(literal.group(1) != null ? literal.group(1) : literal.group(2));
        }
        return found;
    }

    private List<String> hintFor(String name) {
        List<String> values = hints.get(name);
        if (values == null) {
            return List.of();
        }
        int used = hintsUsed.merge(name, 1, Integer::sum) - 1;
        return List.of(values.get(used % values.size()));
    }

    /** Values for a question that is not a choice, best first. */
    Set<String> forType(String name, String path, int dataType) {
        Set<String> values = new LinkedHashSet<>(hintFor(name));
        List<String> numbers = numbersOf(constraints.getOrDefault(path, ""), dataType == Constants.DATATYPE_INTEGER);
        switch (dataType) {
            case Constants.DATATYPE_INTEGER, Constants.DATATYPE_LONG -> {
                addAll(values, "integer");
                values.addAll(numbers);
            }
            case Constants.DATATYPE_DECIMAL -> {
                addAll(values, "decimal");
                values.addAll(numbers);
            }
            case Constants.DATATYPE_DATE -> dates().forEach(day -> values.add(day.toString()));
            case Constants.DATATYPE_TIME -> addAll(values, "time");
            case Constants.DATATYPE_DATE_TIME -> {
                for (LocalDate day : dates()) {
                    lists.get("time").forEach(time -> values.add(day + "T" + time.asText()));
                }
            }
            case Constants.DATATYPE_GEOPOINT -> addAll(values, "geopoint");
            case Constants.DATATYPE_GEOTRACE -> addAll(values, "geotrace");
            case Constants.DATATYPE_GEOSHAPE -> addAll(values, "geoshape");
            default -> {
                addAll(values, "text");
                values.addAll(literalsOf(constraints.getOrDefault(path, "")));
                values.addAll(numbers);
                for (int length : new int[] {3, 20, 50, 200}) {
                    values.add("a".repeat(length));
                }
            }
        }
        return values;
    }

    /** The choices of a question in the order in which to try them. */
    List<String> rank(String name, List<String> choices, int wantedFindings) {
        List<String> hint = hintFor(name);
        if (!hint.isEmpty()) {
            return hint;
        }
        List<String> ranked = new ArrayList<>();
        Gate gate = gates.get(name);
        if (gate != null) {
            boolean open = wantedFindings > 0 || !gate.nearest;
            choices.stream().filter(choice -> gate.opens(choice) == open).forEach(ranked::add);
            return ranked.isEmpty() ? choices : ranked;
        }
        for (JsonNode word : lists.get("yes")) {
            choices.stream().filter(choice -> choice.equalsIgnoreCase(word.asText())).forEach(ranked::add);
        }
        choices.stream().filter(choice -> !ranked.contains(choice)).forEach(ranked::add);
        return ranked;
    }

    private void addAll(Set<String> values, String list) {
        lists.get(list).forEach(value -> values.add(value.asText()));
    }

    private List<LocalDate> dates() {
        List<LocalDate> days = new ArrayList<>();
        lists.get("days_from_today").forEach(offset -> days.add(LocalDate.now().plusDays(offset.asInt())));
        return days;
    }

    private static List<String> numbersOf(String constraint, boolean whole) {
        List<String> around = new ArrayList<>();
        Matcher number = NUMBER.matcher(constraint);
        while (number.find()) {
            for (String step : whole ? new String[] {"0", "1", "-1"} : new String[] {"0", "0.5", "-0.5", "1", "-1"}) {
                BigDecimal value = new BigDecimal(number.group()).add(new BigDecimal(step));
                around.add(whole ? value.toBigInteger().toString() : value.toPlainString());
            }
        }
        return around;
    }
}
