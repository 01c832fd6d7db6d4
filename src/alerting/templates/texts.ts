import type { Locale } from './template.js';

/** All words of the templates, in one language. */
export interface Texts {
  readonly system: string;
  readonly systemMail: string;
  readonly severalAlerts: (count: number) => string;
  readonly several: (title: string, count: number) => string;
  readonly resolvedPrefix: string;
  readonly resolvedHeading: string;
  readonly escalationPrefix: string;
  readonly escalationNote: string;
  readonly repeatNote: (duration: string) => string;
  readonly digestTitle: (count: number) => string;
  readonly digestNote: string;
  readonly acknowledgedPrefix: string;
  readonly acknowledgedHeading: string;
  readonly someResolvedNote: (resolved: number, firing: number) => string;
  readonly title: string;
  readonly severity: string;
  readonly description: string;
  readonly source: string;
  readonly time: string;
  readonly labels: string;
  readonly commonLabels: string;
  readonly annotations: string;
  readonly resolvedAt: string;
  readonly duration: string;
  readonly acknowledgedBy: string;
  readonly acknowledgedAt: string;
  readonly occurrences: string;
  readonly status: string;
  readonly resolved: string;
  readonly none: string;
  readonly pleaseAct: string;
  readonly pleaseActMail: string;
  readonly resolvedItself: string;
  readonly resolvedBy: (user: string) => string;
  readonly acknowledge: string;
  readonly resolve: string;
  readonly origin: string;
  readonly overview: string;
  readonly moreAlerts: (count: number) => string;
  readonly moreItems: (count: number) => string;
  /** Between a name and its value. */
  readonly colon: string;
  /** Units from days to seconds. */
  readonly units: readonly [string, string, string, string];
  readonly unitSeparator: string;
}

/** The plan's words. */
const CHINESE: Texts = {
  system: '系统告警',
  systemMail: '系统告警通知',
  severalAlerts: count => `系统告警（${count} 条）`,
  several: (title, count) => `${title} 等 ${count} 条告警`,
  resolvedPrefix: '告警已解决: ',
  resolvedHeading: '告警已解决',
  escalationPrefix: '告警升级: ',
  escalationNote: '此告警尚无人确认，现升级通知。',
  repeatNote: duration => `告警仍未解决，已持续 ${duration}。`,
  digestTitle: count => `告警汇总: ${count} 条告警`,
  digestNote: '因渠道限流，多条通知已合并为一条。',
  acknowledgedPrefix: '告警已确认: ',
  acknowledgedHeading: '告警已确认',
  someResolvedNote: (resolved, firing) => `${resolved} 条已解决，${firing} 条仍在触发。`,
  title: '告警标题',
  severity: '严重程度',
  description: '告警描述',
  source: '告警来源',
  time: '触发时间',
  labels: '标签信息',
  commonLabels: '共同标签',
  annotations: '附加信息',
  resolvedAt: '解决时间',
  duration: '持续时长',
  acknowledgedBy: '确认人',
  acknowledgedAt: '确认时间',
  occurrences: '触发次数',
  status: '告警状态',
  resolved: '已解决',
  none: '无',
  pleaseAct: '请及时处理此告警！',
  pleaseActMail: '请及时登录系统查看详细信息并处理此告警。',
  resolvedItself: '告警已自动解决。',
  resolvedBy: user => `告警已由 ${user} 解决。`,
  acknowledge: '确认告警',
  resolve: '标记为已解决',
  origin: '查看来源',
  overview: '查看全部告警',
  moreAlerts: count => `……另有 ${count} 条告警未列出`,
  moreItems: count => `……另有 ${count} 项`,
  colon: ': ',
  units: ['天', '小时', '分钟', '秒'],
  unitSeparator: '',
};

const ENGLISH: Texts = {
  system: 'System alert',
  systemMail: 'System alert notification',
  severalAlerts: count => `System alert (${count} alerts)`,
  several: (title, count) => `${title} and ${count - 1} more`,
  resolvedPrefix: 'Resolved: ',
  resolvedHeading: 'Alert resolved',
  escalationPrefix: 'Escalated: ',
  escalationNote: 'Nobody has acknowledged this alert yet, so it is escalated.',
  repeatNote: duration => `Still firing, for ${duration} now.`,
  digestTitle: count => `Alert digest: ${count === 1 ? '1 alert' : `${count} alerts`}`,
  digestNote: 'Several notifications in one, because the channel takes no more for now.',
  acknowledgedPrefix: 'Acknowledged: ',
  acknowledgedHeading: 'Alert acknowledged',
  someResolvedNote: (resolved, firing) => `${resolved} resolved, ${firing} still firing.`,
  title: 'Title',
  severity: 'Severity',
  description: 'Description',
  source: 'Source',
  time: 'Fired at',
  labels: 'Labels',
  commonLabels: 'Common labels',
  annotations: 'Annotations',
  resolvedAt: 'Resolved at',
  duration: 'Duration',
  acknowledgedBy: 'Acknowledged by',
  acknowledgedAt: 'Acknowledged at',
  occurrences: 'Occurrences',
  status: 'Status',
  resolved: 'Resolved',
  none: 'none',
  pleaseAct: 'Please look into this alert!',
  pleaseActMail: 'Please sign in, look at the details and deal with this alert.',
  resolvedItself: 'The alert has resolved by itself.',
  resolvedBy: user => `Resolved by ${user}.`,
  acknowledge: 'Acknowledge',
  resolve: 'Resolve',
  origin: 'Where it comes from',
  overview: 'All alerts',
  moreAlerts: count => `… and ${count} more ${count === 1 ? 'alert' : 'alerts'}`,
  moreItems: count => `… and ${count} more`,
  colon: ': ',
  units: ['d', 'h', 'm', 's'],
  unitSeparator: ' ',
};

const TEXTS: Readonly<Record<Locale, Texts>> = { en: ENGLISH, 'zh-CN': CHINESE };

export function textsOf(locale: Locale): Texts {
  return TEXTS[locale];
}
