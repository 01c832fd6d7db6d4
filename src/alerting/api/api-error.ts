/** What a request gets in place of what it wanted: a status, and a message for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.headers = headers;
  }
}

/** Whoever asked has left: nobody is to be answered. */
export class ClientGoneError extends Error {
  constructor() {
    super('The client has left.');
    this.name = 'ClientGoneError';
  }
}

/** What is wrong with a body, for whoever sent it: they have set no option. */
export function messageForSender({ message }: Error): string {
  return message.replace(/^Invalid option/, 'Invalid value of');
}
