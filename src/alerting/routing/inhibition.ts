import { InvalidOptionError } from '../../core/errors.js';
import { aText, checkOptions, type OptionRule } from '../../core/options.js';
import type { Labels } from '../alert.js';
import { matchesAll, type Matcher, parseMatchers, valueOf } from './matcher.js';

/** While an alert fires that matches `sourceMatch`, those that match `targetMatch` are not notified. */
export interface InhibitRule {
  /** Shown as the reason on the alerts it mutes. Default: its place in the list. */
  readonly name?: string;
  /** Matchers on the alert that mutes, all of them. */
  readonly sourceMatch: readonly string[];
  /** Matchers on the alerts that are muted, all of them. */
  readonly targetMatch: readonly string[];
  /** Labels that both must have with equal values; one that both miss is equal. Default: none. */
  readonly equal?: readonly string[];
}

/** Why an alert is inhibited. */
export interface Inhibition {
  /** The rule's name, or its path in the options. */
  readonly rule: string;
  /** The id of an alert that mutes it. */
  readonly sourceId: string;
}

/** The sources of one rule with the same values of its `equal` labels. */
interface Sources {
  /** Those that only mute. */
  readonly oneSided: Set<string>;
  /** Those that the rule mutes too: they don't mute one another. */
  readonly twoSided: Set<string>;
}

interface CheckedRule {
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
  readonly sources: Map<string, Sources>;
}

const A_LIST: OptionRule = { allowed: 'a list', accepts: Array.isArray };
const RULES: Readonly<Record<keyof InhibitRule, OptionRule>> = { name: aText, sourceMatch: A_LIST, targetMatch: A_LIST, equal: A_LIST };

/**
 * Knows which alerts are muted by others that fire. It is told of every alert that begins and ends to fire, so that a
 * question costs no more than the rules are, however many alerts there are.
 */
export class Inhibitor {
  readonly #rules: readonly CheckedRule[];
  /** What takes a source out of the rules again, by its id. */
  readonly #removals = new Map<string, readonly (() => void)[]>();

  /** @throws InvalidOptionError with the path of what can't be used: `alerts.inhibitRules[0].sourceMatch[0]` */
  constructor(rules: readonly InhibitRule[], option = 'alerts.inhibitRules') {
    if (!Array.isArray(rules)) throw new InvalidOptionError(option, rules, 'a list of rules');
    this.#rules = rules.map((rule: InhibitRule, i) => checked(rule, `${option}[${i}]`));
  }

  /** An alert fires. Told of the same one again, it takes its labels of now. */
  add(id: string, labels: Labels): void {
    this.delete(id);
    const removals = this.#rules.filter(rule => matchesAll(rule.source, labels)).map(rule => addTo(rule, id, labels));
    if (removals.length > 0) this.#removals.set(id, removals);
  }

  /** An alert fires no more. */
  delete(id: string): void {
    for (const remove of this.#removals.get(id) ?? []) remove();
    this.#removals.delete(id);
  }

  /** What mutes an alert with these labels now, by the first rule that does; `undefined` if nothing. */
  inhibitedBy(labels: Labels): Inhibition | undefined {
    for (const rule of this.#rules) {
      if (!matchesAll(rule.target, labels)) continue;
      const sources = rule.sources.get(equalKey(rule.equal, labels));
      if (sources === undefined) continue;
      const [sourceId] = sources.oneSided.size > 0 || matchesAll(rule.source, labels) ? sources.oneSided : sources.twoSided;
      if (sourceId !== undefined) return { rule: rule.name, sourceId };
    }
    return undefined;
  }
}

function addTo({ target, equal, sources }: CheckedRule, id: string, labels: Labels): () => void {
  const key = equalKey(equal, labels);
  const found = sources.get(key) ?? { oneSided: new Set(), twoSided: new Set() };
  sources.set(key, found);
  const side = matchesAll(target, labels) ? found.twoSided : found.oneSided;
  side.add(id);
  return () => {
    side.delete(id);
    if (found.oneSided.size + found.twoSided.size === 0) sources.delete(key);
  };
}

function checked(rule: InhibitRule, option: string): CheckedRule {
  if (rule === undefined) throw new InvalidOptionError(option, rule, 'an object');
  checkOptions(option, rule, RULES);
  for (const key of ['sourceMatch', 'targetMatch'] as const) {
    if (rule[key] === undefined) throw new InvalidOptionError(`${option}.${key}`, undefined, 'a list of matchers');
  }
  const matchers = (key: 'sourceMatch' | 'targetMatch'): Matcher[] => rule[key].flatMap((text, i) => parseMatchers(text, `${option}.${key}[${i}]`));
  const equal = rule.equal ?? [];
  equal.forEach((name, i) => {
    if (!aText.accepts(name)) throw new InvalidOptionError(`${option}.equal[${i}]`, name, 'the name of a label');
  });
  return { name: rule.name ?? option, source: matchers('sourceMatch'), target: matchers('targetMatch'), equal, sources: new Map() };
}

function equalKey(names: readonly string[], labels: Labels): string {
  return names.length === 0 ? '' : JSON.stringify(names.map(name => valueOf(labels, name)));
}
