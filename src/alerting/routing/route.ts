import type { Labels } from '../alert.js';

/** Where an alert goes, and how it is grouped on the way: a node of the routing tree with all it inherits. */
export interface Route {
  /**
   * Names the path to it, by the matchers on it: `{}/{severity="critical"}`, as Alertmanager does. Of routes with the same
   * matchers in one place, all but the first have a number at the end, so that a key names one route.
   */
  readonly key: string;
  readonly receiver: string;
  /** Alerts with equal values of these labels are notified together; `all`: only those with the same labels. */
  readonly groupBy: 'all' | readonly string[];
  /** How long a new group waits for more alerts before it is notified. */
  readonly groupWaitMs: number;
  /** How long until changes of the group are notified. */
  readonly groupIntervalMs: number;
  /** How long until it is notified again although nothing has changed. */
  readonly repeatIntervalMs: number;
  /** Names of time intervals: notifications are muted in any of these … */
  readonly muteTimes: readonly string[];
  /** … and outside of all of these, unless there are none. */
  readonly activeTimes: readonly string[];
}

/** The labels that the alerts of a group share: those of `groupBy` that the alert has. */
export function groupLabels(route: Route, labels: Labels): Labels {
  const names = route.groupBy === 'all' ? Object.keys(labels) : route.groupBy;
  const shared: [string, string][] = [];
  for (const name of names) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value !== undefined && value !== '') shared.push([name, value]);
  }
  return Object.fromEntries(shared);
}

/** Names the group that an alert with these labels belongs to, as Alertmanager does: `{}/{severity="critical"}:{source="billing"}`. */
export function groupKey(route: Route, labels: Labels): string {
  const shared = groupLabels(route, labels);
  const texts = Object.keys(shared)
    .sort()
    .map(name => `${name}=${quote(shared[name] as string)}`);
  return `${route.key}:{${texts.join(', ')}}`;
}

const NOT_PRINTED = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A text in quotes, as Go writes it (`%q`). */
function quote(text: string): string {
  return `"${text.replace(NOT_PRINTED, escape)}"`;
}

function escape(character: string): string {
  const escaped = ESCAPES[character];
  if (escaped !== undefined) return escaped;
  const point = character.codePointAt(0) ?? 0;
  const [letter, digits] = point < 0x80 ? ['x', 2] : point < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${point.toString(16).padStart(digits, '0')}`;
}
