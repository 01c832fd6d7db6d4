import { SCHOOLS } from '../seed.js';
import type { Answer } from './client.js';
import { essay, STRAY_METHODS, STRAY_PATHS, WORDS } from './material.js';
import type { Visitor } from './visitor.js';

export type Journey = (visitor: Visitor) => Promise<void>;

const LESSONS = 10;

/** A lesson, its exercises, some answers, and a look at the progress made. */
const study: Journey = async visitor => {
  const { token, user } = await visitor.signIn();
  await readLesson(visitor);
  const lesson = visitor.random.between(1, LESSONS);
  const { body } = await visitor.get(`/lessons/${lesson}/exercises`, '/lessons/:id/exercises');
  for (const { id } of body as { id: number }[]) {
    await visitor.pause();
    const choice = visitor.random.between(0, 3);
    const answer = await visitor.send({
      method: 'POST',
      path: `/exercises/${id}/answers`,
      endpoint: 'submit_answer',
      token,
      body: { choice },
    });
    visitor.ledger.graded((answer.body as { result: string }).result);
  }
  await visitor.get(`/users/${user.id}/progress`, '/users/:id/progress', token);
  if (visitor.random.chance(0.1)) await visitor.signOut();
};

const readLesson: Journey = async visitor => {
  await visitor.get('/lessons', '/lessons');
  await visitor.pause();
  const id = visitor.random.between(1, LESSONS);
  await visitor.get(`/lessons/${id}?from=list`, '/lessons/:id');
};

const listen: Journey = async visitor => {
  const call = { method: 'GET', path: `/lessons/${visitor.random.between(1, 2)}/audio`, endpoint: '/lessons/:id/audio' };
  if (visitor.random.chance(0.5)) await visitor.send(call);
  else await visitor.client.leaveMidStream(call);
};

const writeEssay: Journey = async visitor => {
  const { token } = await visitor.signIn();
  const text = visitor.random.chance(0.15) ? 'Too short.' : essay(visitor.random);
  const { status, body } = await visitor.send({ method: 'POST', path: '/essays', endpoint: 'grade_essay', token, body: { text } });
  if (status === 201) await readAdvice(visitor, token, (body as { id: number }).id);
  await visitor.get('/essays', '/essays', token);
};

/** Advice is written while one reads it. Some have read enough after its first words. */
async function readAdvice(visitor: Visitor, token: string, essay: number): Promise<void> {
  await visitor.pause();
  const call = { method: 'GET', path: `/essays/${essay}/advice`, endpoint: '/essays/:id/advice', token };
  if (visitor.random.chance(0.75)) await visitor.client.readStream(call);
  else await visitor.client.leaveStream(call);
}

const lookUpWords: Journey = async visitor => {
  for (let i = 0; i < 3; i++) {
    await visitor.get(`/dictionary/${visitor.random.pick(WORDS)}`, '/dictionary/:word');
    await visitor.pause();
  }
};

const makeMistakes: Journey = async visitor => {
  const { random } = visitor;
  const mistakes: readonly (() => Promise<unknown>)[] = [
    () => visitor.send({ method: 'POST', path: '/sessions', endpoint: 'sign_in', body: { email: 'learner-1@example.com', password: 'guess' } }),
    () => visitor.get(`/users/${random.between(1, 24)}/progress`, '/users/:id/progress'),
    () => visitor.get(`/lessons/${random.between(1_000, 9_999)}`, '/lessons/:id'),
    () => visitor.send({ method: 'HEAD', path: '/lessons/7', endpoint: '/lessons/:id' }),
    // body-parser refuses it before any route is reached.
    () => visitor.send({ method: 'POST', path: '/essays', endpoint: 'unmatched', body: '{"text": ' }),
  ];
  await random.pick(mistakes)();
};

const teach: Journey = async visitor => {
  const { token, user } = await visitor.signIn();
  const get = (path: string, endpoint: string): Promise<Answer> => visitor.get(path, `/admin/:school${endpoint}`, token);
  const { body } = await get(`/admin/${user.school}/students`, '/students');
  const students = body as { id: number }[];
  for (let i = 0; i < 3; i++) {
    await visitor.pause();
    await get(`/admin/${user.school}/students/${visitor.random.pick(students).id}`, '/students/:id');
  }
  // Mostly a school that is not the teacher's.
  if (visitor.random.chance(0.1)) await get(`/admin/${visitor.random.pick(SCHOOLS)}/students`, '/students');
  await visitor.send({
    method: 'POST',
    path: `/admin/${user.school}/announcements`,
    endpoint: '/admin/:school/announcements',
    token,
    body: { text: 'The mock exam begins at nine.' },
  });
};

/** The slow one. Half of those who ask for it don't wait. */
const readReport: Journey = async visitor => {
  const { token, user } = await visitor.signIn();
  const call = { method: 'GET', path: `/admin/${user.school}/report`, endpoint: '/admin/:school/report', token };
  if (visitor.random.chance(0.5)) await visitor.send(call);
  else await visitor.client.leaveBeforeAnswer(call, visitor.random.between(100, 400));
};

/** What any server on the Internet is asked all day: paths it never had, with odd methods. */
const scan: Journey = async visitor => {
  const { random, ledger } = visitor;
  for (let i = 0; i < 3; i++) {
    const path = random.pick(STRAY_PATHS).replace('*', random.between(0, 1e9).toString(36));
    ledger.strayed(path);
    await visitor.send({ method: random.pick(STRAY_METHODS), path, endpoint: 'unmatched' });
  }
};

const checkHealth: Journey = visitor => visitor.client.callUncounted('/health');

/** What learners do, each with its weight. */
export const LEARNER_JOURNEYS: readonly (readonly [number, Journey])[] = [
  [25, study],
  [20, readLesson],
  [10, listen],
  [16, writeEssay],
  [10, lookUpWords],
  [8, makeMistakes],
  [6, scan],
  [4, checkHealth],
];

/** What teachers do. */
export const TEACHER_JOURNEYS: readonly (readonly [number, Journey])[] = [
  [65, teach],
  [35, readReport],
];
