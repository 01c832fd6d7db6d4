import type { PGlite } from '@electric-sql/pglite';
import { hashPassword } from './password.js';

export const SCHEMA = `
  create table users (
    id serial primary key,
    email text not null unique,
    name text not null,
    password_hash text not null,
    role text not null check (role in ('learner', 'teacher')),
    plan text not null check (plan in ('free', 'paid')),
    school text not null
  );
  create table sessions (token text primary key, user_id int not null references users, created_at timestamptz not null default now());
  create table lessons (id serial primary key, title text not null, subject text not null, minutes int not null, body text not null);
  create table exercises (
    id serial primary key,
    lesson_id int not null references lessons,
    kind text not null,
    difficulty text not null,
    question text not null,
    choices text[] not null,
    answer int not null
  );
  create table answers (
    id serial primary key,
    user_id int not null references users,
    exercise_id int not null references exercises,
    choice int not null,
    correct boolean not null,
    created_at timestamptz not null default now()
  );
  create index answers_by_user on answers (user_id);
  create table essays (
    id serial primary key,
    user_id int not null references users,
    text text not null,
    score int not null,
    created_at timestamptz not null default now()
  );
`;

export const SCHOOLS = ['hangzhou', 'chengdu', 'xian'] as const;
export const LEARNERS = 24;
/** Everyone's, in this example. */
export const PASSWORD = 'practice-makes-perfect';

const LESSONS = [
  ['An interview on campus radio', 'listening', 12],
  ['Booking a train ticket', 'listening', 8],
  ['Why cities plant trees', 'reading', 15],
  ['A short history of tea', 'reading', 15],
  ['Words for work', 'vocabulary', 10],
  ['Words for health', 'vocabulary', 10],
  ['Linking words', 'cloze', 9],
  ['Verb forms', 'cloze', 9],
  ['The Spring Festival', 'translation', 20],
  ['A letter of application', 'writing', 30],
] as const;

const WORDS = [
  ['abandon', 'give up'],
  ['adequate', 'enough'],
  ['anticipate', 'expect'],
  ['brief', 'short'],
  ['compel', 'force'],
  ['decline', 'go down'],
  ['emerge', 'come out'],
  ['genuine', 'real'],
  ['hostile', 'unfriendly'],
  ['obtain', 'get'],
  ['reluctant', 'unwilling'],
  ['vital', 'very important'],
] as const;

const DIFFICULTIES = ['easy', 'medium', 'hard'] as const;
const EXERCISES_PER_LESSON = 3;

/** Fills the tables: always with the same. */
export async function seed(database: PGlite): Promise<void> {
  for (let i = 0; i < LEARNERS; i++) {
    await addUser(database, `learner-${i + 1}`, 'learner', i % 3 === 0 ? 'paid' : 'free', SCHOOLS[i % 3] as string);
  }
  for (const school of SCHOOLS) await addUser(database, `teacher-${school}`, 'teacher', 'paid', school);

  for (const [index, [title, subject, minutes]] of LESSONS.entries()) {
    const body = `${title}: a ${minutes}-minute ${subject} lesson for CET-4. `.repeat(20).trim();
    await database.query('insert into lessons (title, subject, minutes, body) values ($1, $2, $3, $4)', [title, subject, minutes, body]);
    for (let i = 0; i < EXERCISES_PER_LESSON; i++) {
      const { question, choices, answer } = quiz(index * EXERCISES_PER_LESSON + i);
      await database.query(
        'insert into exercises (lesson_id, kind, difficulty, question, choices, answer) values ($1, $2, $3, $4, $5, $6)',
        [index + 1, subject, DIFFICULTIES[i], question, choices, answer],
      );
    }
  }
}

/** Four meanings of a word, one of them right. */
function quiz(number: number): { question: string; choices: string[]; answer: number } {
  const at = (i: number): (typeof WORDS)[number] => WORDS[i % WORDS.length] as (typeof WORDS)[number];
  const answer = number % 4;
  const choices = [0, 1, 2, 3].map(i => at(number + (i === answer ? 0 : 2 * i + 1))[1]);
  return { question: `Which is closest in meaning to "${at(number)[0]}"?`, choices, answer };
}

async function addUser(database: PGlite, name: string, role: string, plan: string, school: string): Promise<void> {
  await database.query('insert into users (email, name, password_hash, role, plan, school) values ($1, $2, $3, $4, $5, $6)', [
    `${name}@example.com`,
    name,
    await hashPassword(PASSWORD, name),
    role,
    plan,
    school,
  ]);
}
