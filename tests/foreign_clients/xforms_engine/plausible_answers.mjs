// What a worker could answer to a question: the caller's hint, else values of its type, those that stand in the
// question's own constraint among them. Which of them is right, the form engine decides.
import { readFileSync } from 'node:fs';
import { elements, parseXml } from './openrosa_server.mjs';

const lists = JSON.parse(readFileSync(new URL('../plausible_answers.json', import.meta.url), 'utf-8'));
// `/data/a = 'x'`, `/data/a != 'x'` and `selected(/data/a, 'x')`, from the last step of the path on.
const COMPARISON = /([\w.-]+)\s*(!?=|,)\s*(?:'([^']*)'|"([^"]*)")/g;
const LENGTHS = [3, 20, 50, 200];

const literalsOf = (expression) => Array.from(expression.matchAll(/'([^']*)'|"([^"]*)"/g), ([, one, two]) => one ?? two);

const numbersAround = (expression, steps) =>
  Array.from(expression.matchAll(/(?<![\w.'])-?\d+(?:\.\d+)?/g)).flatMap(([number]) =>
    steps.map((step) => String(Math.round((Number(number) + step) * 1e6) / 1e6)),
  );

const dates = () =>
  lists.days_from_today.map((offset) => {
    const day = new Date();
    day.setDate(day.getDate() + offset);
    const two = (number) => String(number).padStart(2, '0');
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  });

export class PlausibleAnswers {
  #hints;
  #hintsUsed;
  #constraints = new Map();
  #relevances = new Map();
  #findingPaths = new Set();
  #gates = new Map();

  /** `hintsUsed` counts on from one form to the next. */
  constructor(hints, hintsUsed, xform) {
    this.#hints = hints;
    this.#hintsUsed = hintsUsed;
    const form = parseXml(xform);
    // Groups that declare an entity update what is visited; only a repeat records findings.
    const repeats = new Set(elements(form, 'repeat').map((repeat) => repeat.getAttribute('nodeset')));
    for (const bind of elements(form, 'bind')) {
      const path = bind.getAttribute('nodeset');
      this.#constraints.set(path, bind.getAttribute('constraint') ?? '');
      this.#relevances.set(path, bind.getAttribute('relevant') ?? '');
      const entity = path.indexOf('/meta/entity');
      if (entity >= 0 && repeats.has(path.slice(0, entity))) {
        this.#findingPaths.add(path.slice(0, entity));
      }
    }
    this.#findGates();
  }

  /** Follows relevance backwards from the findings: a gate may itself stand behind another one. */
  #findGates() {
    const behind = [...this.#findingPaths];
    for (let path = behind.pop(); path !== undefined; path = behind.pop()) {
      for (const [holder, relevant] of this.#relevances) {
        if (path === holder || path.startsWith(`${holder}/`)) {
          behind.push(...this.#gatesIn(relevant, this.#findingPaths.has(holder)));
        }
      }
    }
  }

  /** Remembers the questions that an expression compares with a text; returns the paths of those that are new. */
  #gatesIn(relevant, nearest) {
    const fresh = [];
    for (const [, name, operator, one, two] of relevant.matchAll(COMPARISON)) {
      if (!this.#gates.has(name)) {
        this.#gates.set(name, { opening: new Set(), closing: new Set(), nearest });
        fresh.push(...[...this.#relevances.keys()].filter((path) => path.endsWith(`/${name}`)));
      }
      const gate = this.#gates.get(name);
      (operator === '!=' ? gate.closing : gate.opening).add(one ?? two);
    }
    return fresh;
  }

  isFinding(path) {
    return this.#findingPaths.has(path);
  }

  isGate(name) {
    return this.#gates.has(name);
  }

  hasHint(name) {
    return name in this.#hints;
  }

  #hintFor(name) {
    if (!this.hasHint(name)) {
      return [];
    }
    const values = [this.#hints[name]].flat();
    const used = this.#hintsUsed.get(name) ?? 0;
    this.#hintsUsed.set(name, used + 1);
    return [String(values[used % values.length])];
  }

  /** Values for a question that is not a choice, best first. */
  forType(name, path, type) {
    const constraint = this.#constraints.get(path) ?? '';
    const texts = () => [
      ...lists.text,
      ...literalsOf(constraint),
      ...numbersAround(constraint, [0, 1, -1]),
      ...LENGTHS.map((length) => 'a'.repeat(length)),
    ];
    const values = {
      int: () => [...lists.integer, ...numbersAround(constraint, [0, 1, -1])].filter((value) => Number.isInteger(Number(value))),
      decimal: () => [...lists.decimal, ...numbersAround(constraint, [0, 0.5, -0.5, 1, -1])],
      date: dates,
      time: () => lists.time,
      dateTime: () => dates().flatMap((day) => lists.time.map((time) => `${day}T${time}`)),
      geopoint: () => lists.geopoint,
      geotrace: () => lists.geotrace,
      geoshape: () => lists.geoshape,
    }[type] ?? texts;
    return [...new Set([...this.#hintFor(name), ...values().map(String)])];
  }

  /** The choices of a question in the order in which to try them. */
  rank(name, choices, wantedFindings) {
    const hint = this.#hintFor(name);
    if (hint.length > 0) {
      return hint;
    }
    const gate = this.#gates.get(name);
    if (gate !== undefined) {
      const opens = (choice) => (gate.opening.size === 0 ? !gate.closing.has(choice) : gate.opening.has(choice));
      const open = wantedFindings > 0 || !gate.nearest;
      const right = choices.filter((choice) => opens(choice) === open);
      return right.length > 0 ? right : choices;
    }
    const yes = lists.yes.flatMap((word) => choices.filter((choice) => choice.toLowerCase() === word));
    return [...new Set([...yes, ...choices])];
  }
}
