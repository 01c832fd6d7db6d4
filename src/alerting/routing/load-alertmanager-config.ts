import { InvalidOptionError, isSightlineError, NOT_SHOWN } from '../../core/errors.js';
import { readGlobal } from './alertmanager-global.js';
import { type AlertmanagerReceiver, readReceivers } from './alertmanager-receivers.js';
import { type InhibitRule, Inhibitor } from './inhibition.js';
import { createMatcher, formatMatcher, parseMatchers } from './matcher.js';
import { type RouteOptions, RouteTree } from './route-tree.js';
import { TimeInterval, type TimeIntervalSpec } from './time-interval.js';
import { withVariables } from './yaml-variables.js';
import { complaintOf, duration, entriesOf, flag, list, mapping, parseYaml, type Reader, record, required, text } from './yaml-reader.js';

/** What an `alertmanager.yml` says, as options of Sightline. */
export interface AlertmanagerConfig {
  readonly route: RouteOptions;
  readonly receivers: readonly AlertmanagerReceiver[];
  readonly inhibitRules: readonly InhibitRule[];
  /** By name: it is one of them. */
  readonly timeIntervals: Readonly<Record<string, readonly TimeIntervalSpec[]>>;
  /** After how long an alert without an end is over, unless it is told again. */
  readonly resolveTimeoutMs: number;
}

/**
 * Reads an `alertmanager.yml`: its routes, receivers (webhook, email, Slack and PagerDuty), inhibit rules and time
 * intervals, in the old and the new spelling. Needs the package `yaml`. What Sightline can't do the same way is refused,
 * never skipped: a message that nobody sends would be noticed too late.
 *
 * @throws InvalidOptionError with the path of what can't be used: `alertmanager.yml: route.routes[0].receiver`
 */
export function loadAlertmanagerConfig(yaml: string, { source = 'alertmanager.yml', folder = '.', given = new Set(), env, hasTemplate = false }: LoadOptions = {}): AlertmanagerConfig {
  const root = `${source}:`;
  const tree = parseYaml(yaml, source) ?? {};
  const read = readFile(env === undefined ? tree : withVariables(tree, env, root), root);
  const { receivers = [], route, inhibit_rules: inhibitRules = [], ...intervals } = read;
  if (!hasTemplate) noTemplates(read.templates ?? [], `${root} templates`);
  const global = readGlobal(folder)(read.global ?? {}, `${root} global`);
  const config = {
    route: required(route, `${root} route`, 'the routing tree'),
    receivers: readReceivers({ global, folder, given, hasTemplate })(receivers, `${root} receivers`),
    inhibitRules,
    timeIntervals: namedIntervals([...(intervals.mute_time_intervals ?? []), ...(intervals.time_intervals ?? [])], `${root} time_intervals`),
    resolveTimeoutMs: global.resolveTimeoutMs ?? 300_000,
  };
  check(config, root);
  return config;
}

/** What else a file is read with. */
export interface LoadOptions {
  /** The file's name, for errors. Default: `alertmanager.yml`. */
  readonly source?: string;
  /** That the paths of files in it are relative to. Default: where the process runs. */
  readonly folder?: string;
  /** Names of receivers and of channels (`team/slack[0]`) that the app gives: what stands in the file is not read. */
  readonly given?: ReadonlySet<string>;
  /** Whether the app makes the texts of messages: those of the file, and its templates, are not needed then. Default: false. */
  readonly hasTemplate?: boolean;
  /** Values for `${NAME}` in texts. Default: they stand for themselves, as in Alertmanager. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

interface NamedIntervals {
  name?: string;
  time_intervals?: TimeIntervalSpec[];
}

interface File {
  global?: unknown;
  route?: RouteOptions;
  receivers?: unknown;
  inhibit_rules?: InhibitRule[];
  time_intervals?: NamedIntervals[];
  mute_time_intervals?: NamedIntervals[];
  templates?: string[];
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The old spelling of matchers: `match: { severity: critical }`. */
const equalMatchers: Reader<string[]> = (value, path) =>
  mapping(text)(value, path).map(([name, entry]) => formatMatcher(createMatcher(labelName(name, path), '=', entry, `${path}.${name}`)));
/** `match_re`; Alertmanager writes the anchors into it, and its group keys show them. */
const regexMatchers: Reader<string[]> = (value, path) =>
  entriesOf(value, path).map(([name, entry]) => formatMatcher(createMatcher(labelName(name, path), '=~', `^(?:${text(entry, `${path}.${name}`)})$`, `${path}.${name}`)));
const matchers: Reader<string[]> = (value, path) =>
  list((line, here) => parseMatchers(text(line, here), here).map(formatMatcher))(value, path).flat();

interface RouteNode {
  receiver?: string;
  group_by?: string[];
  group_wait?: number;
  group_interval?: number;
  repeat_interval?: number;
  match?: string[];
  match_re?: string[];
  matchers?: string[];
  continue?: boolean;
  mute_time_intervals?: string[];
  active_time_intervals?: string[];
  routes?: RouteOptions[];
}

const readNode = record<RouteNode>({
  receiver: text,
  group_by: list(text),
  group_wait: duration,
  group_interval: duration,
  repeat_interval: duration,
  match: equalMatchers,
  match_re: regexMatchers,
  matchers,
  continue: flag,
  mute_time_intervals: list(text),
  active_time_intervals: list(text),
  routes: list((value, path) => readRoute(value, path)),
});

function readRoute(value: unknown, path: string): RouteOptions {
  const node = readNode(value, path);
  const match = [...(node.match ?? []), ...(node.match_re ?? []), ...(node.matchers ?? [])];
  return withoutUndefined({
    receiver: node.receiver === '' ? undefined : node.receiver,
    // As there, an empty list is the same as none: that of the route above.
    groupBy: node.group_by?.length === 0 ? undefined : node.group_by,
    groupWait: node.group_wait,
    groupInterval: node.group_interval,
    repeatInterval: node.repeat_interval,
    match: match.length > 0 ? match : undefined,
    continue: node.continue,
    muteTimes: node.mute_time_intervals,
    activeTimes: node.active_time_intervals,
    routes: node.routes,
  });
}

interface InhibitNode {
  name?: string;
  source_match?: string[];
  source_match_re?: string[];
  source_matchers?: string[];
  target_match?: string[];
  target_match_re?: string[];
  target_matchers?: string[];
  equal?: string[];
}

const readInhibitNode = record<InhibitNode>({
  name: text,
  source_match: equalMatchers,
  source_match_re: regexMatchers,
  source_matchers: matchers,
  target_match: equalMatchers,
  target_match_re: regexMatchers,
  target_matchers: matchers,
  equal: list(text),
});

function readInhibitRule(value: unknown, path: string): InhibitRule {
  const node = readInhibitNode(value, path);
  return {
    ...withoutUndefined({ name: node.name === '' ? undefined : node.name, equal: node.equal }),
    sourceMatch: [...(node.source_match ?? []), ...(node.source_match_re ?? []), ...(node.source_matchers ?? [])],
    targetMatch: [...(node.target_match ?? []), ...(node.target_match_re ?? []), ...(node.target_matchers ?? [])],
  };
}

interface IntervalNode {
  times?: { startTime: string; endTime: string }[];
  weekdays?: string[];
  days_of_month?: string[];
  months?: string[];
  years?: string[];
  location?: string;
}

const readTimes = record<{ start_time?: string; end_time?: string }>({ start_time: text, end_time: text });
const readIntervalNode = record<IntervalNode>({
  times: list((value, path) => {
    const { start_time: startTime, end_time: endTime } = readTimes(value, path);
    return {
      startTime: required(startTime, `${path}.start_time`, "a time such as '09:00'"),
      endTime: required(endTime, `${path}.end_time`, "a time such as '17:00'"),
    };
  }),
  weekdays: list(text),
  days_of_month: list(text),
  months: list(text),
  years: list(text),
  location: text,
});

function readInterval(value: unknown, path: string): TimeIntervalSpec {
  const { days_of_month: daysOfMonth, ...others } = readIntervalNode(value, path);
  const spec = withoutUndefined({ ...others, daysOfMonth });
  inTermsOfFile(path, () => new TimeInterval(spec, path));
  return spec;
}

const readNamed = list(record<NamedIntervals>({ name: text, time_intervals: list(readInterval) }));
function noTemplates(files: readonly string[], path: string): void {
  if (files.length === 0) return;
  throw new InvalidOptionError(path, files, "none: Alertmanager's templates are not supported. Take it out, and messages are made by those of the channels; or give `template` in the options, which takes their place");
}
const readFile = record<File>({
  route: readRoute,
  // Read by what the caller gives, and receivers once `global` is known, wherever it stands.
  global: value => value,
  receivers: value => value,
  inhibit_rules: list(readInhibitRule),
  time_intervals: readNamed,
  mute_time_intervals: readNamed,
  templates: list(text),
});

function namedIntervals(all: readonly NamedIntervals[], path: string): Record<string, readonly TimeIntervalSpec[]> {
  const named = new Map<string, readonly TimeIntervalSpec[]>();
  for (const { name, time_intervals: intervals = [] } of all) {
    const known = required(name, path, 'a name for each, that routes can use');
    if (named.has(known)) throw new InvalidOptionError(path, known, 'names that differ from one another');
    named.set(known, intervals);
  }
  return Object.fromEntries(named);
}

/** What only shows when all is put together: unknown receivers, labels twice, matchers on the first route. */
function check({ route, receivers, inhibitRules, timeIntervals }: AlertmanagerConfig, root: string): void {
  inTermsOfFile(root, () => {
    new Inhibitor(inhibitRules, `${root} inhibit_rules`);
    new RouteTree(route, { option: `${root} route`, receivers: receivers.map(({ name }) => name), timeIntervals: Object.keys(timeIntervals) });
  });
}

const SPELLINGS: Readonly<Record<string, string>> = { match: 'matchers', muteTimes: 'mute_time_intervals', activeTimes: 'active_time_intervals' };

/** Tells errors of the options with the path that stands in the file. */
function inTermsOfFile(root: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isSightlineError(error) || !('option' in error)) throw error;
    const { option } = error as InvalidOptionError;
    const inFile = option.slice(root.length).replace(/[a-zA-Z]+/g, key => SPELLINGS[key] ?? key.replace(/[A-Z]/g, capital => `_${capital.toLowerCase()}`));
    throw new InvalidOptionError(root + inFile, NOT_SHOWN, complaintOf(error as InvalidOptionError));
  }
}

function labelName(name: string, path: string): string {
  if (!LABEL.test(name)) throw new InvalidOptionError(path, name, 'names of labels (letters, digits and _)');
  return name;
}

function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
