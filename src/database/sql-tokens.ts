/** Only this much of a statement is read: the tables stand in front, the long tails are values. */
export const SQL_READ_LIMIT = 8192;

/**
 * One token. A `word` is unquoted and lower-cased, `quoted` is an identifier without its quotes, `mark` is one
 * character of punctuation. A `value` (string, number, placeholder) carries no text, so no value can leave this file.
 */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'value' | 'mark' | 'end';
  readonly text: string;
}

/** A dotted name. */
export interface SqlName {
  /** The name and the schema before it; undefined if too long, not printable or not complete. */
  readonly label: string | undefined;
  /** Where there is no schema: what a CTE or an alias of this name would be known by. */
  readonly key: string | undefined;
}

/** Words that, unquoted, are neither a table's name nor its alias. */
const RESERVED_WORDS: ReadonlySet<string> = new Set(
  ('all and any apply as between by case create cross default delete distinct drop else end except exists fetch for ' +
    'from full group having in inner insert intersect into is join lateral left like limit merge minus natural not null ' +
    'offset on only option or order outer output qualify returning right select set straight_join table then to union ' +
    'update using values when where window with').split(' '),
);

const MAX_NAME_LENGTH = 64; // MySQL's limit; PostgreSQL's is 63
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

const BLANKS = /\s*/y;
// Both classes below: the ASCII ones, then every character beyond ASCII that is neither a blank nor a control.
const WORD = /(?:[\w$]|[^ -~\s\p{Cc}])+/uy;
const NUMBER = /(?:[\w.]|[^ -~\s\p{Cc}])+/uy;
/** `E'it\'s'`; `U&'…'` and `U&"…"`, whose escapes are not decoded, so that no name comes of them. */
const STRING_PREFIX = /e(?=')|u&(?=['"])/iy;
const DOLLAR_TAG = /\$(?:[A-Za-z_]\w{0,62})?\$/y;
const POSTGRES_JSON_PATH = /#>>?(?=\s?(?:['?:]|\$\d))/y;
const COMMENT_EDGE = /\/\*|\*\//g;
/** What can open a string, a quoted name or a comment. */
const OPENER = /['"`[]|\/\*|\$\D/;
const LONE_CARRIAGE_RETURN = /\r(?!\n|$)/;

const END: SqlToken = { kind: 'end', text: '' };
const VALUE: SqlToken = { kind: 'value', text: '' };

/**
 * Reads the tokens of a statement whose dialect is not known, forwards and once.
 *
 * The dialects disagree on a few things: whether `\'` ends a string, whether `#` and `--x` start a comment, whether
 * comments nest. Guessing wrong would turn the inside of a string into names. So where two dialects could go on
 * differently, the tokens end, and what was read before still stands.
 */
export class SqlTokens {
  readonly #text: string;
  #at = 0;
  #subscripts = 0;
  #last: SqlToken = END;
  /** Whether the text was longer than what is read. */
  readonly truncated: boolean;

  constructor(sql: string) {
    this.truncated = sql.length > SQL_READ_LIMIT;
    this.#text = this.truncated ? sql.slice(0, SQL_READ_LIMIT) : sql;
  }

  /** Ends the tokens here. */
  stop(): void {
    this.#at = this.#text.length;
  }

  /** The next token; `end` for ever once the text is used up. */
  next(): SqlToken {
    const before = this.#at;
    this.#skipBlanksAndComments();
    const token = this.#at < this.#text.length ? this.#read(this.#at === before) : END;
    this.#last = token;
    return token;
  }

  #run(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skipBlanksAndComments(): void {
    const text = this.#text;
    for (;;) {
      this.#run(BLANKS);
      const opening = this.#last === END || this.#last.text === ';';
      if (text.startsWith('/*', this.#at)) this.#skipBlockComment();
      else if (text.startsWith('--', this.#at)) {
        // MySQL wants a blank after the dashes: there `a--1` is a minus minus one.
        this.#skipLineComment(!opening && /\S/.test(text.charAt(this.#at + 2)));
      } else if (text[this.#at] !== '#') return;
      // A comment in MySQL, an operator in PostgreSQL, a temporary table in SQL Server.
      else if (this.#run(POSTGRES_JSON_PATH) === '') this.#skipLineComment(!opening);
    }
  }

  #skipLineComment(doubtful: boolean): void {
    const newline = this.#text.indexOf('\n', this.#at);
    const body = this.#text.slice(this.#at, newline < 0 ? this.#text.length : newline);
    // Hiding a line that is live in another dialect loses names, which is safe; hiding one quote of it is not.
    if ((doubtful || LONE_CARRIAGE_RETURN.test(body)) && OPENER.test(body)) this.stop();
    else this.#at += body.length;
  }

  #skipBlockComment(): void {
    const start = this.#at;
    const executable = /^\/\*M?!/.test(this.#text.slice(start, start + 4)); // MySQL runs these
    let doubtfulFrom = executable ? start + 2 : -1;
    let depth = 1;
    COMMENT_EDGE.lastIndex = start + 2;
    while (depth > 0) {
      const edge = COMMENT_EDGE.exec(this.#text);
      if (edge === null) return this.stop();
      depth += edge[0] === '/*' ? 1 : -1;
      // Comments nest in PostgreSQL and SQL Server; MySQL and SQLite leave at the first end.
      if (edge[0] === '*/' && doubtfulFrom < 0) doubtfulFrom = edge.index + 2;
      this.#at = COMMENT_EDGE.lastIndex;
    }
    if (OPENER.test(this.#text.slice(doubtfulFrom, this.#at))) this.stop();
  }

  #read(glued: boolean): SqlToken {
    const first = this.#text.charAt(this.#at);
    switch (first) {
      case "'":
        return this.#readString('doubtful');
      case '"':
        return this.#readQuoted('"', 'doubtful');
      case '`':
        return this.#readQuoted('`', 'none');
      case '[':
        return this.#readBracket(glued);
      case '$':
        return this.#readDollar();
      case ':':
      case '@':
        return this.#readPlaceholder(first);
    }
    if (/\d/.test(first)) {
      this.#run(NUMBER);
      return VALUE;
    }
    const prefix = this.#run(STRING_PREFIX);
    if (prefix !== '') return this.#readString(prefix.length === 1 ? 'backslash' : 'doubtful');
    const word = this.#run(WORD);
    if (word === '') {
      this.#at += 1;
      if (first === ']' && this.#subscripts > 0) this.#subscripts -= 1;
      return { kind: 'mark', text: first };
    }
    return { kind: 'word', text: lowerCaseAscii(word) };
  }

  #readString(escapes: 'backslash' | 'doubtful'): SqlToken {
    this.#skipQuoted(this.#text.charAt(this.#at), escapes);
    return VALUE;
  }

  #readQuoted(close: string, escapes: 'none' | 'doubtful'): SqlToken {
    const start = this.#at + 1;
    if (!this.#skipQuoted(close, escapes)) return END;
    return { kind: 'quoted', text: this.#text.slice(start, this.#at - 1).replaceAll(close + close, close) };
  }

  /** Moves from the opening quote past the closing one; false, and the end, where that is missing or in doubt. */
  #skipQuoted(close: string, escapes: 'none' | 'backslash' | 'doubtful'): boolean {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at += 1) {
      const character = text[at];
      if (character === '\\' && escapes !== 'none') {
        const next = text[at + 1];
        if (escapes === 'doubtful' && next === close) break;
        if (escapes === 'backslash' || next === '\\') at += 1;
      } else if (character === close) {
        if (text[at + 1] === close) at += 1;
        else {
          this.#at = at + 1;
          return true;
        }
      }
    }
    this.stop();
    return false;
  }

  /** `[name]` in SQL Server and SQLite, but `array[1]` and `ARRAY['a']` in PostgreSQL. */
  #readBracket(glued: boolean): SqlToken {
    const { kind, text } = this.#last;
    const afterOperand =
      kind === 'quoted' || kind === 'value' || text === ')' || text === ']' || (kind === 'word' && !RESERVED_WORDS.has(text));
    if (this.#subscripts > 0 || (kind === 'word' && text === 'array') || (afterOperand && glued)) {
      this.#subscripts += 1;
      this.#at += 1;
      return { kind: 'mark', text: '[' };
    }
    const start = this.#at;
    const token = this.#readQuoted(']', 'none');
    // `users [u]` or `list [1]`: the same to us, unless a string stands inside.
    if (!afterOperand || !OPENER.test(this.#text.slice(start + 1, this.#at))) return token;
    this.stop();
    return END;
  }

  #readDollar(): SqlToken {
    const tag = this.#run(DOLLAR_TAG);
    if (tag !== '') {
      const close = this.#text.indexOf(tag, this.#at);
      if (close < 0) this.stop();
      else this.#at = close + tag.length;
    } else if (this.#run(WORD).includes('$', 1)) this.stop(); // no tag we know, and perhaps one
    return VALUE;
  }

  /** `:name`, `@p1`, `@@rowcount`; else the mark alone (`::`, `:=`, `@>`). */
  #readPlaceholder(sigil: string): SqlToken {
    const start = this.#at;
    while (this.#text[this.#at] === sigil) this.#at += 1;
    const marks = this.#at - start;
    if ((sigil === '@' || marks === 1) && this.#run(WORD) !== '') return VALUE;
    return { kind: 'mark', text: sigil };
  }
}

function isPrintable(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH && !UNPRINTABLE.test(name);
}

/** PostgreSQL folds only ASCII for certain; anything else keeps the case it was written in. */
function lowerCaseAscii(word: string): string {
  return word.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

/** Looks ahead in the tokens, and knows what names and parentheses look like. */
export class SqlCursor {
  readonly #tokens: SqlTokens;
  #ahead: SqlToken[] = [];

  constructor(sql: string) {
    this.#tokens = new SqlTokens(sql);
  }

  /** Reads no further. */
  stop(): void {
    this.#tokens.stop();
    this.#ahead = [];
  }

  peek(distance = 0): SqlToken {
    while (this.#ahead.length <= distance) this.#ahead.push(this.#tokens.next());
    return this.#ahead[distance] as SqlToken;
  }

  take(): SqlToken {
    return this.#ahead.shift() ?? this.#tokens.next();
  }

  isMark(mark: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'mark' && token.text === mark;
  }

  isWord(word: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'word' && token.text === word;
  }

  isOneOf(list: ReadonlySet<string>, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'word' && list.has(token.text);
  }

  isName(distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED_WORDS.has(token.text));
  }

  /** Whether nothing is left of this statement or of these parentheses. */
  isOver(): boolean {
    return this.peek().kind === 'end' || this.isMark(';') || this.isMark(')');
  }

  accept(word: string): boolean {
    const accepted = this.isWord(word);
    if (accepted) this.take();
    return accepted;
  }

  /** Skips these words, each with the parentheses after it: `TOP (10)`, `VACUUM (FULL, ANALYZE)`. */
  skipWords(list: ReadonlySet<string>): void {
    while (this.isOneOf(list)) {
      this.take();
      this.skipGroup();
    }
  }

  /** Skips parentheses and all they hold, if they start here. */
  skipGroup(): boolean {
    if (!this.isMark('(')) return false;
    this.take();
    this.closeGroup();
    return true;
  }

  /** Skips to the `)` of the `(` just read, and past it. */
  closeGroup(): void {
    for (let open = 1; open > 0 && this.peek().kind !== 'end' && !this.isMark(';'); this.take()) {
      if (this.isMark('(')) open += 1;
      else if (this.isMark(')')) open -= 1;
    }
  }

  /** Skips past this word, which stands outside parentheses; false where the statement ends first. */
  skipPast(word: string): boolean {
    while (!this.isOver()) {
      if (this.accept(word)) return true;
      if (!this.skipGroup()) this.take();
    }
    return false;
  }

  /** `users`, `public.users`, `[db].[dbo].[Users]` (kept as `dbo.Users`), `t.*`. */
  name(): SqlName | undefined {
    if (!this.isName()) return undefined;
    const parts = [this.take().text];
    let complete = true;
    while (this.isMark('.')) {
      this.take();
      const { kind } = this.peek();
      if (kind === 'word' || kind === 'quoted') parts.push(this.take().text);
      else if (this.isMark('*')) this.take();
      else complete = this.isMark('.'); // SQL Server: `db..users`
    }
    if (this.#tokens.truncated && this.peek().kind === 'end') complete = false; // perhaps only the front of it
    const usable = complete && parts.every(isPrintable);
    return {
      label: usable ? parts.slice(-2).join('.') : undefined,
      key: parts.length === 1 ? parts[0]?.toLowerCase() : undefined,
    };
  }
}
