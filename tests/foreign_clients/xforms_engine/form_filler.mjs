// Walks one form of @getodk/xforms-engine question by question and hands back the payload the engine prepares.
import { JSDOM } from 'jsdom';

// The engine expects a browser: its XPath grammar is loaded as if by a script, the rest wants DOM classes. Node's own
// globals (fetch, File, FormData, …) stay, because they are what posts the payload.
globalThis.__dirname ??= import.meta.dirname ?? new URL('.', import.meta.url).pathname;
globalThis.require ??= (await import('node:module')).createRequire(import.meta.url);
const { window } = new JSDOM('<!doctype html>', { url: 'http://localhost/' });
globalThis.window ??= window;
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) {
    globalThis[name] = window[name];
  }
}
const { createInstance } = await import('@getodk/xforms-engine');

const pathOf = (node) => node.currentState.reference.replace(/\[\d+\]/g, '');
const nameOf = (node) => pathOf(node).split('/').at(-1);
const pause = () => new Promise((resolve) => { setTimeout(resolve, 0); });

/** Downloads are done before: hands the engine what it asks for as jr://… from the manifest's files. */
const fromManifest = (media) => async (url) => {
  const filename = decodeURIComponent(String(url).split('/').at(-1));
  const bytes = media.get(filename);
  if (bytes === undefined) {
    return new Response(null, { status: 404 });
  }
  const type = filename.endsWith('.csv') ? 'text/csv' : filename.endsWith('.geojson') ? 'application/geo+json' : 'text/xml';
  return new Response(bytes, { headers: { 'Content-Type': `${type}; charset=utf-8` } });
};

export class FormFiller {
  #root;
  #answers;
  #photoFiles;
  #findings;
  #photosTaken = 0;

  /** `photoFiles` are {name, type, bytes}; image questions take them in turn. */
  static async load(xform, media, answers, photoFiles, { findings, language, user }) {
    const filler = new FormFiller();
    const started = Date.now();
    const { root } = await createInstance(xform, {
      form: { fetchFormAttachment: fromManifest(media) },
      instance: {
        // Two files of one name would overwrite each other in the payload.
        instanceAttachments: { fileNameFactory: ({ extension }) => `${started}_${++filler.#photosTaken}${extension ?? ''}` },
        preloadProperties: { deviceID: 'collect:xforms-engine-test-client', username: user ?? '' },
      },
    });
    filler.#root = root;
    filler.#answers = answers;
    filler.#photoFiles = photoFiles;
    filler.#findings = findings;
    const spoken = root.languages.find((offered) => offered.language === language || offered.language.endsWith(`(${language})`));
    if (spoken !== undefined) {
      root.setLanguage(spoken);
    }
    return filler;
  }

  /** Fills the form; returns {xmlFile, photos}, both Files. */
  async fill() {
    await this.#walk(this.#root);
    const payload = await this.#root.prepareInstancePayload({ payloadType: 'monolithic' });
    if (payload.status !== 'ready') {
      const why = ({ reference, violation }) => `${reference}: ${violation.condition} (${violation.message?.asString})`;
      throw new Error(`not valid when finalised: ${payload.violations.map(why).join('; ')}`);
    }
    const files = Array.from(payload.data[0].values());
    const isXml = (file) => file.name === 'xml_submission_file';
    return { xmlFile: files.find(isXml), photos: files.filter((file) => !isXml(file)) };
  }

  async #walk(parent) {
    // Later children can become relevant by earlier answers, so each is looked at when its turn comes.
    for (let index = 0; index < parent.currentState.children.length; index += 1) {
      const node = parent.currentState.children[index];
      if (!node.currentState.relevant) {
        continue;
      }
      if (node.nodeType === 'repeat-range:uncontrolled') {
        const wanted = this.#answers.isFinding(pathOf(node)) ? this.#findings : 1;
        while (node.currentState.children.length < wanted) {
          node.addInstances();
        }
      }
      if (node.currentState.children !== null) {
        await this.#walk(node);
      } else {
        await this.#answer(node);
      }
    }
  }

  async #answer(node) {
    const asked = ['input', 'select', 'range', 'rank', 'trigger', 'upload'].includes(node.nodeType);
    if (!asked || node.currentState.readonly) {
      return;
    }
    const name = nameOf(node);
    const decided = isAnswered(node) && !this.#answers.isGate(name) && !this.#answers.hasHint(name);
    if (decided && node.validationState.violation === null) {
      return;
    }
    const candidates = this.#candidates(node, name);
    for (const candidate of candidates) {
      candidate();
      if (node.nodeType === 'upload') {
        await pause();
      }
      if (isAnswered(node) && node.validationState.violation === null) {
        return;
      }
    }
    if (candidates.length > 0 || node.currentState.required) {
      throw new Error(`no answer found for ${pathOf(node)} after ${candidates.length} tries; give one in the hints`);
    }
  }

  /** Ways to answer: functions that set one answer each. */
  #candidates(node, name) {
    switch (node.nodeType) {
      case 'select':
        return this.#choices(node, name);
      case 'rank':
        return [() => node.setValues(node.currentState.valueOptions.map((option) => option.value))];
      case 'trigger':
        return [() => node.setValue(true)];
      case 'range':
        return steps(node).map((value) => () => node.setValue(value));
      case 'upload':
        return this.#photoFor(node);
      default:
        return this.#answers.forType(name, pathOf(node), node.valueType).map((value) => () => node.setValue(typed(node, value)));
    }
  }

  #choices(node, name) {
    const offered = node.currentState.valueOptions.map((option) => option.value);
    const ranked = this.#answers.rank(name, offered, this.#findings);
    if (node.selectType === 'select1') {
      return ranked.filter((value) => offered.includes(value)).map((value) => () => node.selectValue(value));
    }
    // A hint for several choices is one text with blanks between them.
    const several = ranked.flatMap((value) => value.split(' ')).filter((value) => offered.includes(value));
    const most = this.#answers.hasHint(name) ? several.length : 2;
    return [several.slice(0, most), ...several.map((value) => [value])].map((values) => () => node.selectValues(values));
  }

  #photoFor(node) {
    if (this.#photoFiles.length === 0 || ['audio', 'video'].includes(node.nodeOptions.media.type)) {
      return [];
    }
    const { name, type, bytes } = this.#photoFiles[this.#photosTaken % this.#photoFiles.length];
    return [() => node.setValue(new File([bytes], name, { type }))];
  }
}

const isAnswered = (node) => {
  const { value } = node.currentState;
  return value !== null && value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
};

/** Times go in the way a browser's time picker hands them over: as moments in the worker's time zone. */
const typed = (node, value) => {
  if (node.valueType === 'dateTime') {
    return new Date(value);
  }
  return node.valueType === 'time' && !/[Z+]/.test(value) ? new Date(`${new Date().getFullYear()}-01-02T${value}`) : value;
};

const steps = (node) => {
  const { start, end, step } = node.definition.bounds;
  const values = [];
  const [low, high] = [Number(start), Number(end)].sort((one, other) => one - other);
  for (let value = high; value >= low; value -= Math.abs(Number(step))) {
    values.push(String(value));
  }
  return values;
};
