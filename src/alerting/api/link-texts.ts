import type { DeadLink, LinkAction } from '../ack-links.js';

/** What the pages behind links say. */
export interface LinkTexts extends Readonly<Record<DeadLink, string>> {
  readonly language: string;
  readonly page: string;
  readonly buttons: Readonly<Record<LinkAction, string>>;
  readonly done: Readonly<Record<LinkAction, string>>;
  readonly yourName: string;
  readonly somebody: string;
  readonly source: string;
  readonly since: string;
  readonly unknown: string;
  readonly useButton: string;
}

const ENGLISH: LinkTexts = {
  language: 'en',
  page: 'Alert',
  buttons: { acknowledge: 'Acknowledge', resolve: 'Resolve' },
  done: { acknowledge: 'Acknowledged. It will not be repeated or escalated.', resolve: 'Resolved.' },
  yourName: 'Your name',
  somebody: 'somebody',
  source: 'Source',
  since: 'Since',
  unknown: 'This link is not valid.',
  expired: 'This link has expired.',
  used: 'This link was used already.',
  acknowledged: 'This alert was acknowledged already.',
  resolved: 'This alert is over already.',
  gone: 'This alert is not known any more.',
  useButton: 'Open this link in a browser.',
};

const CHINESE: LinkTexts = {
  language: 'zh-CN',
  page: '告警',
  buttons: { acknowledge: '确认告警', resolve: '标记为已恢复' },
  done: { acknowledge: '已确认，将不再重复通知或升级。', resolve: '已标记为恢复。' },
  yourName: '您的姓名',
  somebody: '未署名',
  source: '来源',
  since: '开始时间',
  unknown: '链接无效。',
  expired: '链接已过期。',
  used: '链接已被使用。',
  acknowledged: '该告警已被确认。',
  resolved: '该告警已结束。',
  gone: '该告警已不存在。',
  useButton: '请在浏览器中打开此链接。',
};

/** The texts in the first language of `Accept-Language` that there are texts in; else in English. */
export function linkTexts(acceptLanguage: string | undefined): LinkTexts {
  const languages = (acceptLanguage ?? '').slice(0, 200).toLowerCase().split(',');
  const first = languages.map(each => each.trim().slice(0, 2)).find(each => each === 'zh' || each === 'en');
  return first === 'zh' ? CHINESE : ENGLISH;
}
