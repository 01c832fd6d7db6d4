import type { ChatRequest } from '../../stand-ins/openai-request.js';
import type { Grade } from './grade.js';

const LINKING_WORDS = ['however', 'therefore', 'moreover', 'although', 'because', 'finally', 'in addition', 'for example'];

/** What the stand-in answers in place of a model: a grade where JSON is asked for, else advice. */
export function replyByRules({ messages, wantsJson }: ChatRequest): string {
  const { score, remarks } = gradeByRules(messages.at(-1)?.content ?? '');
  if (wantsJson) return JSON.stringify({ score, remarks });
  return [
    `Your essay stands at about ${score} of 100 points.`,
    ...(remarks.length > 0 ? remarks : ['Keep writing like this.']),
    'Read it aloud once, slowly, and mark where you stop for breath: most of these places want a full stop.',
    'Then write the first sentence again, in half as many words, and compare the two.',
  ].join(' ');
}

function gradeByRules(essay: string): Grade {
  const words = essay.toLowerCase().match(/[a-z']+/g) ?? [];
  const variety = new Set(words).size / Math.max(words.length, 1);
  const linking = LINKING_WORDS.filter(word => essay.toLowerCase().includes(word)).length;
  const remarks = [
    ...(words.length < 120 ? ['Write 120 words or more.'] : []),
    ...(variety < 0.5 ? ['Use more different words.'] : []),
    ...(linking < 2 ? ['Link your sentences: however, therefore, for example.'] : []),
  ];
  return { score: Math.round(40 * Math.min(words.length / 120, 1) + 40 * Math.min(variety / 0.6, 1) + 20 * Math.min(linking / 3, 1)), remarks };
}
