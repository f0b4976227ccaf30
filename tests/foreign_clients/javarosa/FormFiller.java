import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.RangeQuestion;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.AnswerDataFactory;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.UncastData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.services.transport.payload.ByteArrayPayload;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormUtils;

/** Walks one form question by question, the way a worker swipes through it, and hands back the finalised XML. */
final class FormFiller {
    /** A question that nothing we know of can answer, or a form that is not valid at the end. */
    static final class Unanswerable extends IOException {
        Unanswerable(String message) {
            super(message);
        }
    }

    private static final int LABELS_LOOKED_AT = 50;

    private final FormDef form;
    private final FormEntryController controller;
    private final FormEntryModel model;
    private final PlausibleAnswers answers;
    private final List<OpenRosaServer.Photo> photoFiles;
    private final int findings;
    private final Map<String, OpenRosaServer.Photo> photos = new LinkedHashMap<>();

    FormFiller(byte[] xform, PlausibleAnswers answers, List<OpenRosaServer.Photo> photoFiles, int findings, String language)
            throws XFormParser.ParseException {
        this.form = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(xform));
        this.model = new FormEntryModel(form);
        this.controller = new FormEntryController(model);
        this.answers = answers;
        this.photoFiles = photoFiles;
        this.findings = findings;
        if (language != null && model.getLanguages() != null) {
            for (String offered : model.getLanguages()) {
                if (offered.equals(language) || offered.endsWith("(" + language + ")")) {
                    controller.setLanguage(offered);
                }
            }
        }
        form.initialize(true, new InstanceInitializationFactory());
    }

    /** Fills and finalises; returns the bytes that Collect would store and send. */
    byte[] fill() throws IOException {
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event;
        while ((event = controller.stepToNextEvent()) != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) {
                answer(model.getQuestionPrompt());
            } else if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT && wantsAnother(model.getFormIndex())) {
                controller.newRepeat();
            }
        }
        controller.finalizeFormEntry();
        ValidateOutcome outcome = form.validate();
        if (outcome != null) {
            FormEntryPrompt prompt = model.getQuestionPrompt(outcome.failedPrompt);
            throw new Unanswerable("not valid when finalised: " + path(prompt.getIndex()) + " (" + prompt.getConstraintText() + ")");
        }
        return ((ByteArrayPayload) new XFormSerializingVisitor().createSerializedPayload(form.getInstance())).getPayloadBytes();
    }

    /** The photos that the answers name. */
    List<OpenRosaServer.Photo> photos() {
        return new ArrayList<>(photos.values());
    }

    private boolean wantsAnother(FormIndex repeat) {
        int wanted = answers.isFinding(path(repeat)) ? findings : 1;
        return repeat.getElementMultiplicity() < wanted;
    }

    private void answer(FormEntryPrompt prompt) throws Unanswerable {
        readAloud(prompt);
        String name = name(prompt.getIndex());
        boolean decided = prompt.getAnswerValue() != null && !answers.isGate(name) && !answers.hasHint(name);
        if (prompt.isReadOnly() || (decided && accepted(prompt, prompt.getAnswerValue()))) {
            return;
        }
        List<IAnswerData> candidates = candidates(prompt, name);
        for (IAnswerData candidate : candidates) {
            if (accepted(prompt, candidate)) {
                return;
            }
        }
        if (!candidates.isEmpty() || prompt.isRequired()) {
            throw new Unanswerable("no answer found for " + path(prompt.getIndex()) + " after " + candidates.size() + " tries ("
                    + prompt.getConstraintText() + "); give one in the hints");
        }
    }

    /** A missing translation or a broken output shows itself only when a text is asked for. */
    private static void readAloud(FormEntryPrompt prompt) {
        prompt.getQuestionText();
        prompt.getHelpText();
        List<SelectChoice> choices = prompt.getSelectChoices();
        if (choices != null) {
            choices.stream().limit(LABELS_LOOKED_AT).forEach(prompt::getSelectChoiceText);
        }
    }

    private boolean accepted(FormEntryPrompt prompt, IAnswerData answer) {
        return controller.answerQuestion(prompt.getIndex(), answer, true) == FormEntryController.ANSWER_OK;
    }

    private List<IAnswerData> candidates(FormEntryPrompt prompt, String name) {
        return switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE, Constants.CONTROL_SELECT_MULTI, Constants.CONTROL_RANK -> choices(prompt, name);
            case Constants.CONTROL_TRIGGER -> List.of(new StringData("OK"));
            case Constants.CONTROL_RANGE -> steps(prompt);
            case Constants.CONTROL_IMAGE_CHOOSE, Constants.CONTROL_UPLOAD -> takePhoto();
            case Constants.CONTROL_AUDIO_CAPTURE, Constants.CONTROL_VIDEO_CAPTURE, Constants.CONTROL_FILE_CAPTURE,
                    Constants.CONTROL_OSM_CAPTURE -> List.of();
            default -> typed(prompt, name);
        };
    }

    private List<IAnswerData> typed(FormEntryPrompt prompt, String name) {
        List<IAnswerData> candidates = new ArrayList<>();
        for (String value : answers.forType(name, path(prompt.getIndex()), prompt.getDataType())) {
            try {
                candidates.add(AnswerDataFactory.templateByDataType(prompt.getDataType()).cast(new UncastData(value)));
            } catch (IllegalArgumentException notOfThisType) {
                // A number taken from a constraint may be too long for the type: the next candidate then.
            }
        }
        return candidates;
    }

    private List<IAnswerData> choices(FormEntryPrompt prompt, String name) {
        Map<String, Selection> byValue = new LinkedHashMap<>();
        prompt.getSelectChoices().forEach(choice -> byValue.put(choice.getValue(), choice.selection()));
        List<String> ranked = answers.rank(name, new ArrayList<>(byValue.keySet()), findings);
        List<IAnswerData> candidates = new ArrayList<>();
        if (prompt.getControlType() == Constants.CONTROL_SELECT_ONE) {
            ranked.stream().filter(byValue::containsKey).forEach(value -> candidates.add(new SelectOneData(byValue.get(value))));
            return candidates;
        }
        // A hint for several choices is one text with blanks between them.
        List<String> several = ranked.stream().flatMap(value -> List.of(value.split(" ")).stream()).filter(byValue::containsKey).toList();
        int most = prompt.getControlType() == Constants.CONTROL_RANK || answers.hasHint(name) ? several.size() : 2;
        candidates.add(new MultipleItemsData(several.stream().limit(most).map(byValue::get).toList()));
        several.forEach(value -> candidates.add(new MultipleItemsData(List.of(byValue.get(value)))));
        return candidates;
    }

    private static List<IAnswerData> steps(FormEntryPrompt prompt) {
        RangeQuestion range = (RangeQuestion) prompt.getQuestion();
        BigDecimal low = range.getRangeStart().min(range.getRangeEnd());
        BigDecimal high = range.getRangeStart().max(range.getRangeEnd());
        List<IAnswerData> candidates = new ArrayList<>();
        for (BigDecimal value = high; value.compareTo(low) >= 0; value = value.subtract(range.getRangeStep().abs())) {
            boolean whole = prompt.getDataType() == Constants.DATATYPE_INTEGER;
            candidates.add(whole ? new IntegerData(value.intValueExact()) : new DecimalData(value.doubleValue()));
        }
        return candidates;
    }

    /** Collect names a photo after the millisecond it was taken. */
    private List<IAnswerData> takePhoto() {
        if (photoFiles.isEmpty()) {
            return List.of();
        }
        OpenRosaServer.Photo file = photoFiles.get(photos.size() % photoFiles.size());
        String extension = file.filename().substring(file.filename().lastIndexOf('.'));
        long taken = System.currentTimeMillis();
        while (photos.containsKey(taken + extension)) {
            taken++;
        }
        String filename = taken + extension;
        photos.put(filename, new OpenRosaServer.Photo(filename, file.contentType(), file.content()));
        return List.of(new StringData(filename));
    }

    private static String path(FormIndex index) {
        return index.getReference().genericize().toString(false);
    }

    private static String name(FormIndex index) {
        return index.getReference().getNameLast();
    }
}
