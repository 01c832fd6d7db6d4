import { isObject } from '../core/shadow.js';
import { readEvidence, type ErrorEvidence } from './error-evidence.js';
import type { ResponseFacts } from './usage/response-shape.js';

/** How a call of an AI service ended. */
export type AiOutcome =
  | 'ok'
  | 'rate_limited'
  | 'quota'
  | 'timeout'
  | 'aborted'
  | 'content_filter'
  | 'auth'
  | 'invalid_request'
  | 'server'
  | 'network'
  /** An error that no rule knows: most often one of the app's own, thrown inside of the wrapped function. */
  | 'other';

type Rule = readonly [outcome: AiOutcome, pattern: RegExp];

/**
 * What a class, a code or a type says more exactly than the HTTP status beside it, the most particular first: an error
 * for lack of money also calls itself a rate limit. Sources: the error classes of the SDKs, and the error pages of
 * OpenAI, Anthropic, Google, Bedrock, Azure, DashScope, Moonshot, Z.ai (its codes 1113 to 1309), Groq and LiteLLM.
 */
const TELLING: readonly Rule[] = [
  rule(
    'content_filter',
    'contentfilter contentpolicy moderationblocked responsibleai datainspectionfailed modelrefusal ' +
      'misalignmentpolicy ^biopolicy$ generativeairesponseerror ^1301$',
  ),
  rule(
    'quota',
    'insufficient(?:quota|balance|credits?|funds) outofcredits exceededcurrentquota quotaexhausted quotaexceeded ' +
      'spendlimitreached budgetexceeded billing billable paymentrequired arrearage billoverdue freetieronly ' +
      '(?:requests|tokens)perday ^(?:1113|1304|1308|1309)$',
  ),
  // HTTP clients say ECONNABORTED when their own time is up.
  rule('timeout', 'timeout timedout deadlineexceeded econnaborted'),
  rule('aborted', 'abort(?:ed)?(?:err|error)?$ ^cancell?ed(?:error)?$ errcancell?ed clientclosedrequest ^usercancel$'),
  // Nobody's limit is reached, although some say so with 429 or 424.
  rule('server', 'overloaded modelnotready ^modelerror modelstreamerror capacityexceeded faileddependency'),
  rule('rate_limited', 'ratelimit toomanyrequests throttl requestlimitexceeded limitrequests slowdown ramplimit resourceexhausted'),
  rule(
    'auth',
    '(?:invalid|incorrect)apikey apikeyinvalid invalidauth authenticationerror authenticationfailed ' +
      'modelauthentication unauthori[sz]ed unauthenticated permissiondenied permissionerror accessdenied forbidden ' +
      'loadapikey invalidtoken expiredtoken unrecognizedclient missingauth credentialsprovider tokenprovider ' +
      'oautherror invalidgrant invalidsignature',
  ),
];

/** Asked where there is no status. */
const VAGUE: readonly Rule[] = [
  rule(
    'network',
    '^e(?:conn|notfound$|aiagain|host|net|pipe$|proto$|addr|socket) ^underr ^err(?:http2|ssl|tls|network|socket) ' +
      'errstreamprematureclose ^hpe ^cert selfsigned unableto(?:verify|get) apiconnectionerror ' +
      '^connection(?:error|refused|closed|reset) failedtoopensocket ^fetcherror$ ^socketerror$',
  ),
  rule(
    'server',
    'servererror internalserver internalerror ^internal$ serviceunavailable ^unavailable$ badgateway ' +
      'modelunavailable responsevalidation invalidresponsedata emptyresponsebody',
  ),
  rule(
    'invalid_request',
    '^invalid(?:request|argument|parameter|prompt|image|base64image|toolresults) ^badrequest ^failedprecondition$ ' +
      '^outofrange$ ^context(?:length|overflow) ^validationexception$ ^sdkvalidation (?:model|resource)notfound ' +
      '^notfounderror$ requesttoolarge ^unsupported(?:image|value|parameter|operation) ^messagecoercion ' +
      '^image(?:too|parse|file) ^emptyimage ^failedtodownloadimage ^ai(?:nosuch(?:model|provider)|unsupported) ' +
      '^aiinvalid(?:argument|prompt|messagerole|datacontent) ' +
      '^ai(?:toomanyembedding|loadsetting|messageconversion|missingtoolresults)',
  ),
];

/** What some providers say in words only, under a general code. */
const PHRASES: readonly Rule[] = [
  // Anthropic, Azure, OpenAI (`invalid_prompt`), OpenRouter
  ['content_filter', /content filtering policy|content management policy|flagged as potentially violating|requires moderation on/i],
  // Anthropic (both with status 400), DeepSeek and resellers
  ['quota', /credit balance is too low|reached your specified API usage limits|insufficient (?:account )?balance/i],
];

/** How `fetch` says that no response came, or not all of it. */
const FETCH_MESSAGES = new Set(['fetch failed', 'failed to fetch', 'terminated', 'network error']);

/** Errors looked at behind one error: wrappers wrap wrappers, and some of them in circles. */
const MAX_ERRORS = 24;

/**
 * How a call ended that threw `error`. Goes by the class, the codes and the HTTP status of the error, whichever SDK
 * made it, and by the errors it wraps where it says no more than "failed". Never throws, whatever was thrown.
 *
 * @example outcomeOfError(new RateLimitError(429, …)) // 'rate_limited'
 */
export function outcomeOfError(error: unknown): AiOutcome {
  try {
    return search(error, new Set());
  } catch {
    return 'other';
  }
}

/**
 * How a call ended that came back with a response: `ok`, unless the provider withheld or broke off the answer, or
 * wrote the error into it.
 */
export function outcomeOfResponse(facts: ResponseFacts): AiOutcome {
  if (facts.error != null) {
    const outcome = outcomeOfError(facts.error);
    // It came from the provider, so it is no error of the app's.
    return outcome === 'other' ? 'server' : outcome;
  }
  const { finishReason } = facts;
  if (finishReason === undefined || GOOD_ENDS.has(finishReason)) return 'ok';
  return FINISH_REASONS.get(finishReason.toLowerCase().replace(/[^a-z]/g, '')) ?? 'ok';
}

/**
 * How a call ended that was answered with this HTTP status.
 *
 * 408, 504 and Cloudflare's 522 and 524 are timeouts, although the deadline was not the caller's: Anthropic, Google,
 * Bedrock and Cohere use them for requests that take too long, and the remedy is the same, a smaller request or more
 * time. 424 is Bedrock's and Groq's word for a model that failed.
 */
export function outcomeOfStatus(httpStatus: number): AiOutcome {
  if (!(httpStatus >= 100 && httpStatus < 600)) return 'other';
  if (httpStatus < 400) return 'ok';
  return STATUSES.get(httpStatus) ?? (httpStatus < 500 ? 'invalid_request' : 'server');
}

const STATUSES: ReadonlyMap<number, AiOutcome> = new Map([
  [401, 'auth'],
  [402, 'quota'],
  [403, 'auth'],
  [407, 'auth'],
  [408, 'timeout'],
  [424, 'server'],
  [429, 'rate_limited'],
  [498, 'auth'], // Cohere's "invalid token"; Groq uses it for a full service tier, and says so in its code
  [499, 'aborted'],
  [504, 'timeout'],
  [522, 'timeout'],
  [524, 'timeout'],
]);

/** How most answers end, so that no more is asked of them. */
const GOOD_ENDS: ReadonlySet<string> = new Set(['stop', 'STOP', 'end_turn', 'completed', 'tool_calls', 'tool_use']);

/** Finish reasons that are no good end, without separators; prompts that Google blocks have theirs in the same place. */
const FINISH_REASONS: ReadonlyMap<string, AiOutcome> = new Map([
  // OpenAI, Azure and `ai`; Bedrock; Anthropic
  ...list('content_filter', 'contentfilter contentfiltered guardrailintervened refusal'),
  // Google, of answers and of prompts
  ...list('content_filter', 'safety recitation blocklist prohibitedcontent spii modelarmor jailbreak'),
  ...list('content_filter', 'imagesafety imageprohibitedcontent imagerecitation blockedreasonunspecified'),
  // Zhipu, Cohere
  ...list('content_filter', 'sensitive errortoxic'),
  // `ai`, Mistral and Cohere; DeepSeek; Zhipu; OpenAI's responses and Google's interactions
  ...list('server', 'error insufficientsystemresource networkerror failed'),
  // Cohere
  ...list('timeout', 'timeout'),
  // Cohere; OpenAI's responses and Google's interactions
  ...list('aborted', 'usercancel cancelled'),
]);

/** @param patterns what a word may match, with blanks between */
function rule(outcome: AiOutcome, patterns: string): Rule {
  return [outcome, new RegExp(patterns.replaceAll(' ', '|'))];
}

function list(outcome: AiOutcome, reasons: string): [string, AiOutcome][] {
  return reasons.split(' ').map(reason => [reason, outcome]);
}

function search(error: unknown, seen: Set<object>): AiOutcome {
  if (error === 'timeout') return error;
  if (!isObject(error) || seen.has(error) || seen.size >= MAX_ERRORS) return 'other';
  seen.add(error);
  const evidence = readEvidence(error);
  const own = judge(evidence);
  // What failed to connect, or is a gateway's "500", may wrap the reason.
  if (own !== 'other' && own !== 'network' && own !== 'server' && own !== 'aborted') return own;
  let vague = own;
  for (const cause of evidence.behind) {
    const outcome = search(cause, seen);
    if (own === 'aborted') {
      // An AbortSignal's timeout aborts, and is the reason for it.
      if (outcome === 'timeout') return outcome;
    } else if (outcome !== 'other' && outcome !== 'network' && outcome !== 'server') {
      return outcome;
    } else if (vague === 'other') {
      vague = outcome;
    }
  }
  if (vague !== 'other') return vague;
  // It has a good status, and still was thrown: what came was no answer.
  return evidence.status !== undefined && evidence.status < 400 ? 'server' : 'other';
}

/** What an error says by itself. */
function judge({ words, status, messages, withoutStatus }: ErrorEvidence): AiOutcome {
  const told = match(TELLING, words);
  if (told === 'content_filter' || told === 'quota') return told;
  if (status !== undefined && status >= 400 && status < 500) {
    const said = match(PHRASES, messages);
    if (said !== undefined) return said;
  }
  if (told !== undefined) return told;
  if (status !== undefined && status >= 400) return outcomeOfStatus(status);
  const vague = match(VAGUE, words);
  if (vague !== undefined) return vague;
  if (withoutStatus !== undefined) {
    // An error in the midst of a stream has a body and no status.
    if (withoutStatus.hasBody) return 'server';
    if (messages.some(message => message.startsWith('Request was aborted'))) return 'aborted';
    return messages.some(message => message.startsWith('Request timed out')) ? 'timeout' : 'network';
  }
  const isFetch = words.includes('typeerror') && messages.some(message => FETCH_MESSAGES.has(message.toLowerCase()));
  return isFetch ? 'network' : 'other';
}

function match(rules: readonly Rule[], texts: readonly string[]): AiOutcome | undefined {
  for (const [outcome, pattern] of rules) if (texts.some(text => pattern.test(text))) return outcome;
  return undefined;
}
