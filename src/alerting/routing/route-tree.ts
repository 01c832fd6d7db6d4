import { type Duration, parseDuration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aBoolean, aText, checkOptions, type OptionRule } from '../../core/options.js';
import type { Labels } from '../alert.js';
import { formatMatcher, matchesAll, type Matcher, parseMatchers } from './matcher.js';
import type { Route } from './route.js';

/**
 * A node of the routing tree, in Alertmanager's terms. What is left out is inherited from the node above, but for
 * `muteTimes` and `activeTimes`.
 */
export interface RouteOptions {
  /** Name of a receiver. The first node must have one. */
  readonly receiver?: string;
  /** Labels whose equal values are notified together; `['...']` for all. Default: none, so that all alerts of the route are. */
  readonly groupBy?: readonly string[];
  /** Default: `30s`. */
  readonly groupWait?: Duration;
  /** Default: `5m`. */
  readonly groupInterval?: Duration;
  /** Default: `4h`. */
  readonly repeatInterval?: Duration;
  /** Matchers that an alert must match, all of them: `severity="critical"`. The first node has none. */
  readonly match?: readonly string[];
  /** Whether an alert that it takes is also given to the nodes after it. Default: false. */
  readonly continue?: boolean;
  /** Names of time intervals in which its notifications are muted. */
  readonly muteTimes?: readonly string[];
  /** Names of time intervals outside of which its notifications are muted. */
  readonly activeTimes?: readonly string[];
  /** Nodes that are asked before it: the first that matches takes the alert. */
  readonly routes?: readonly RouteOptions[];
}

/** What a tree needs to know of the rest. */
export interface RouteTreeOptions {
  /** Path of the first node in errors. Default: `alerts.route`. */
  readonly option?: string;
  /** Names that `receiver` may be. */
  readonly receivers: Iterable<string>;
  /** Names that `muteTimes` and `activeTimes` may hold. Default: none. */
  readonly timeIntervals?: Iterable<string>;
  /** In place of 30 s, 5 m and 4 h. */
  readonly defaults?: Pick<RouteOptions, 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;
}

interface Node {
  readonly route: Route;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  readonly children: readonly Node[];
}

type Inherited = Pick<Route, 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'> & { readonly receiver: string | undefined };

const A_LIST: OptionRule = { allowed: 'a list', accepts: Array.isArray };
const A_DURATION: OptionRule = {
  allowed: "a duration such as '30s'",
  accepts: value => typeof value === 'string' || typeof value === 'number',
};
const GROUPING = { groupBy: A_LIST, groupWait: A_DURATION, groupInterval: A_DURATION, repeatInterval: A_DURATION };
const RULES: Readonly<Record<keyof RouteOptions, OptionRule>> = {
  ...GROUPING,
  receiver: aText,
  match: A_LIST,
  continue: aBoolean,
  muteTimes: A_LIST,
  activeTimes: A_LIST,
  routes: A_LIST,
};
/** What only the other nodes can have: every alert must reach the first, at any time. */
const NOT_OF_FIRST = { match: 'no matchers', muteTimes: 'no time intervals', activeTimes: 'no time intervals' } as const;
const DEEPEST = 100;

/** Finds where an alert goes, by its labels: Alertmanager's routing tree. */
export class RouteTree {
  /** Of every node, each before those in it. */
  readonly routes: readonly Route[];
  readonly #first: Node;
  readonly #receivers: ReadonlySet<string>;
  readonly #timeIntervals: ReadonlySet<string>;

  /** @throws InvalidOptionError with the path of what can't be used: `alerts.route.routes[0].match[1]` */
  constructor(options: RouteOptions, { option = 'alerts.route', receivers, timeIntervals = [], defaults = {} }: RouteTreeOptions) {
    this.#receivers = new Set(receivers);
    this.#timeIntervals = new Set(timeIntervals);
    const preset: Inherited = { receiver: undefined, groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 };
    checkOptions(`${option}Defaults`, defaults, GROUPING);
    const inherited = { ...preset, ...grouping(defaults, `${option}Defaults`) };
    if (options === undefined) throw new InvalidOptionError(option, options, 'an object');
    checkOptions(option, options, RULES);
    for (const [key, allowed] of Object.entries(NOT_OF_FIRST) as [keyof typeof NOT_OF_FIRST, string][]) {
      if ((options[key]?.length ?? 0) > 0) throw new InvalidOptionError(`${option}.${key}`, options[key], `${allowed}: the first route is for all alerts`);
    }
    if (options.continue === true) throw new InvalidOptionError(`${option}.continue`, true, 'false: nothing comes after the first route');
    this.#first = this.#node(options, option, inherited, '', new Set(), 0);
    this.routes = routesOf(this.#first);
  }

  /** The routes of an alert, at least one. */
  match(labels: Labels): readonly Route[] {
    const found: Route[] = [];
    collect(this.#first, labels, found);
    return found;
  }

  #node(options: RouteOptions, option: string, above: Inherited, parentKey: string, siblings: Set<string>, depth: number): Node {
    if (options === undefined) throw new InvalidOptionError(option, options, 'an object');
    if (depth > DEEPEST) throw new InvalidOptionError(option, options, `at most ${DEEPEST} routes in one another`);
    checkOptions(option, options, RULES);
    const matchers = (options.match ?? []).flatMap((text, i) => parseMatchers(text, `${option}.match[${i}]`)).sort(byText);
    const inherited: Inherited = {
      ...above,
      ...grouping(options, option),
      ...(options.receiver !== undefined && { receiver: options.receiver }),
    };
    const { receiver } = inherited;
    if (receiver === undefined) throw new InvalidOptionError(`${option}.receiver`, undefined, `the name of a receiver (${listed(this.#receivers)})`);
    this.#checkName(receiver, this.#receivers, 'receiver', `${option}.receiver`);
    const key = uniqueKey(`${parentKey}{${matchers.map(formatMatcher).join(',')}}`, siblings);
    const keys = new Set<string>();
    return {
      route: {
        ...inherited,
        receiver,
        key,
        muteTimes: this.#timesOf(options, 'muteTimes', option),
        activeTimes: this.#timesOf(options, 'activeTimes', option),
      },
      matchers,
      continues: options.continue ?? false,
      children: (options.routes ?? []).map((child, i) => this.#node(child, `${option}.routes[${i}]`, inherited, `${key}/`, keys, depth + 1)),
    };
  }

  #timesOf(options: RouteOptions, key: 'muteTimes' | 'activeTimes', option: string): readonly string[] {
    const names = [...(options[key] ?? [])];
    names.forEach((name, i) => this.#checkName(name, this.#timeIntervals, 'time interval', `${option}.${key}[${i}]`));
    return names;
  }

  #checkName(name: unknown, known: ReadonlySet<string>, what: string, option: string): void {
    if (!known.has(name as string)) throw new InvalidOptionError(option, name, `the name of a ${what} (${listed(known)})`);
  }
}

/** Depth first, from left to right; a node takes the alert itself only if none of those in it does. */
function collect(node: Node, labels: Labels, found: Route[]): boolean {
  if (!matchesAll(node.matchers, labels)) return false;
  const before = found.length;
  for (const child of node.children) {
    if (collect(child, labels, found) && !child.continues) break;
  }
  if (found.length === before) found.push(node.route);
  return true;
}

function grouping(options: RouteTreeOptions['defaults'] & object, option: string): Partial<Inherited> {
  const { groupBy, groupWait, groupInterval, repeatInterval } = options;
  return {
    ...(groupBy !== undefined && { groupBy: readGroupBy(groupBy, `${option}.groupBy`) }),
    ...(groupWait !== undefined && { groupWaitMs: parseDuration(groupWait, `${option}.groupWait`) }),
    ...(groupInterval !== undefined && { groupIntervalMs: notZero(groupInterval, `${option}.groupInterval`) }),
    ...(repeatInterval !== undefined && { repeatIntervalMs: notZero(repeatInterval, `${option}.repeatInterval`) }),
  };
}

function notZero(duration: Duration, option: string): number {
  const ms = parseDuration(duration, option);
  if (ms === 0) throw new InvalidOptionError(option, duration, 'a duration that is not 0');
  return ms;
}

function readGroupBy(names: readonly string[], option: string): Route['groupBy'] {
  names.forEach((name, i) => {
    const here = `${option}[${i}]`;
    if (!aText.accepts(name)) throw new InvalidOptionError(here, name, "the name of a label, or '...' for all");
    if (names.indexOf(name) !== i) throw new InvalidOptionError(here, name, 'a label that is not in the list yet');
    if (name === '...' && names.length > 1) throw new InvalidOptionError(here, name, "'...' alone: it is all labels");
  });
  return names[0] === '...' ? 'all' : [...names];
}

function uniqueKey(key: string, taken: Set<string>): string {
  let unique = key;
  for (let i = 1; taken.has(unique); i++) unique = `${key}/${i}`;
  taken.add(unique);
  return unique;
}

const OPERATORS = ['=', '!=', '=~', '!~'];

/** Alertmanager's order, so that keys are equal to its. */
function byText(one: Matcher, other: Matcher): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.value !== other.value) return one.value < other.value ? -1 : 1;
  return OPERATORS.indexOf(one.operator) - OPERATORS.indexOf(other.operator);
}

function listed(names: ReadonlySet<string>): string {
  return names.size > 0 ? `known here: ${[...names].join(', ')}` : 'there is none';
}

function routesOf(node: Node): Route[] {
  return [node.route, ...node.children.flatMap(routesOf)];
}
