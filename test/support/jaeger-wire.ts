import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Arrivals } from './arrivals.js';
import { startHttpTarget, type HttpTarget } from './http-target.js';
import { BinaryThriftReader, type ThriftStruct, type ThriftValue } from './thrift.js';

/** A span as Jaeger reads it. */
export interface JaegerSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** `0000000000000000` for the first span of a trace. */
  readonly parentSpanId: string;
  readonly durationMicros: number;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly logs: readonly Readonly<Record<string, unknown>>[];
}

/** A Jaeger agent that only listens. */
export interface JaegerAgent {
  readonly port: number;
  readonly spans: Arrivals<JaegerSpan>;
  close(): Promise<void>;
}

/** Listens as a Jaeger agent does on its port for binary Thrift (6832), on a free one. */
export async function startJaegerAgent(): Promise<JaegerAgent> {
  const spans = new Arrivals<JaegerSpan>();
  const socket: Socket = createSocket('udp4');
  socket.on('message', datagram => {
    spans.take(() => decodeEmitBatch(datagram));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: (socket.address()).port,
    spans,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
}

/** Listens as a Jaeger collector does on POST /api/traces. */
export async function startJaegerCollector(port = 0): Promise<HttpTarget & { spans: Arrivals<JaegerSpan> }> {
  const spans = new Arrivals<JaegerSpan>();
  const target = await startHttpTarget((request, body, response) => {
    spans.take(() => {
      if (request.method !== 'POST' || request.url !== '/api/traces') throw new Error(`${request.method} ${request.url}`);
      if (request.headers['content-type'] !== 'application/x-thrift') throw new Error(`${request.headers['content-type']}`);
      const reader = new BinaryThriftReader(body);
      const batch = decodeBatch(reader.struct());
      reader.end();
      return batch;
    });
    response.writeHead(202).end();
  }, port);
  return { ...target, spans };
}

/** What an agent's port takes: a one-way call `emitBatch(1: Batch batch)`. */
function decodeEmitBatch(datagram: Buffer): JaegerSpan[] {
  const reader = new BinaryThriftReader(datagram);
  const { name, isOneWay, args } = reader.message();
  if (name !== 'Agent::emitBatch' && name !== 'emitBatch') throw new Error(`a call of ${name}`);
  if (!isOneWay) throw new Error('not a one-way call');
  reader.end();
  return decodeBatch(args.get(1) as ThriftStruct);
}

/** `struct Batch` of jaeger.thrift. */
function decodeBatch(batch: ThriftStruct): JaegerSpan[] {
  const service = string((batch.get(1) as ThriftStruct).get(1));
  return (batch.get(2) as ThriftStruct[]).map(span => ({
    service,
    name: string(span.get(5)),
    traceId: hex(span.get(2)) + hex(span.get(1)),
    spanId: hex(span.get(3)),
    parentSpanId: hex(span.get(4)),
    durationMicros: Number(span.get(9)),
    tags: decodeTags(span.get(10)),
    logs: ((span.get(11) ?? []) as ThriftStruct[]).map(log => decodeTags(log.get(2))),
  }));
}

function decodeTags(tags: ThriftValue | undefined): Record<string, unknown> {
  const values = ((tags ?? []) as ThriftStruct[]).map(tag => {
    // By TagType: string, double, bool, long, binary.
    const field = [3, 4, 5, 6, 7][tag.get(2) as number] as number;
    const value = tag.get(field);
    return [string(tag.get(1)), field === 3 ? string(value) : value];
  });
  return Object.fromEntries(values) as Record<string, unknown>;
}

function string(value: ThriftValue | undefined): string {
  return (value as Buffer).toString('utf8');
}

function hex(value: ThriftValue | undefined): string {
  return (value as bigint).toString(16).padStart(16, '0');
}
