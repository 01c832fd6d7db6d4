import type { IncomingHttpHeaders } from 'node:http';
import { Arrivals } from './arrivals.js';
import { startHttpTarget, type HttpTarget } from './http-target.js';

/** A span as an OpenTelemetry collector reads it. */
interface OtlpSpan {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** `''` for the first span of a trace. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
}

/** A collector that only listens. */
export interface OtlpCollector extends HttpTarget {
  readonly spans: Arrivals<OtlpSpan>;
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
}

/** Takes OTLP over HTTP, protobuf or JSON, on any path. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans = new Arrivals<OtlpSpan>();
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const target = await startHttpTarget((request, body, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    const isJson = request.headers['content-type'] === 'application/json';
    spans.take(() => (isJson ? decodeOtlpJson(body.toString('utf8')) : decodeOtlpProtobuf(body)));
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end(isJson ? '{}' : '');
  });
  return { ...target, spans, requests };
}

/** OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
function decodeOtlpJson(body: string): OtlpSpan[] {
  const { resourceSpans } = JSON.parse(body);
  return resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ scope, spans }: any) =>
      spans.map((span: any) => ({
        resource: jsonAttributes(resource.attributes),
        scope: scope.name,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind,
        attributes: jsonAttributes(span.attributes),
        events: (span.events ?? []).map((event: any) => ({ name: event.name, attributes: jsonAttributes(event.attributes) })),
        status: { code: span.status.code ?? 0, message: span.status.message ?? '' },
      })),
    ),
  );
}

function jsonAttributes(attributes: any[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, jsonValue(value)]));
}

function jsonValue(value: any): unknown {
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).map(jsonValue);
  return value.stringValue ?? value.boolValue ?? (value.intValue !== undefined ? Number(value.intValue) : value.doubleValue);
}

/** The fields of opentelemetry/proto/trace/v1/trace.proto that tests look at. */
function decodeOtlpProtobuf(body: Buffer): OtlpSpan[] {
  return messages(body, 1).flatMap(resourceSpans => {
    const resource = attributes(messages(resourceSpans, 1)[0], 1);
    return messages(resourceSpans, 2).flatMap(scopeSpans => {
      const scope = text(messages(scopeSpans, 1)[0], 1);
      return messages(scopeSpans, 2).map(span => {
        const status = messages(span, 15)[0];
        return {
          resource,
          scope,
          name: text(span, 5),
          traceId: hex(span, 1),
          spanId: hex(span, 2),
          parentSpanId: hex(span, 4),
          kind: number(span, 6),
          attributes: attributes(span, 9),
          events: messages(span, 11).map(event => ({ name: text(event, 2), attributes: attributes(event, 3) })),
          status: { code: number(status, 3), message: text(status, 2) },
        };
      });
    });
  });
}

function attributes(message: Buffer | undefined, field: number): Record<string, unknown> {
  return Object.fromEntries(messages(message, field).map(pair => [text(pair, 1), anyValue(messages(pair, 2)[0])]));
}

function anyValue(message: Buffer | undefined): unknown {
  const [field] = fields(message);
  switch (field?.id) {
    case 1:
      return (field.value as Buffer).toString('utf8');
    case 2:
      return field.value === 1n;
    case 3:
      return Number(BigInt.asIntN(64, field.value as bigint));
    case 4:
      return (field.value as Buffer).readDoubleLE();
    case 5:
      return messages(field.value as Buffer, 1).map(anyValue);
    default:
      return undefined;
  }
}

function messages(message: Buffer | undefined, id: number): Buffer[] {
  return fields(message).filter(field => field.id === id).map(field => field.value as Buffer);
}

function text(message: Buffer | undefined, id: number): string {
  return messages(message, id)[0]?.toString('utf8') ?? '';
}

function hex(message: Buffer | undefined, id: number): string {
  return messages(message, id)[0]?.toString('hex') ?? '';
}

function number(message: Buffer | undefined, id: number): number {
  return Number(fields(message).find(field => field.id === id)?.value ?? 0);
}

/** Protobuf's wire format: https://protobuf.dev/programming-guides/encoding/ */
function fields(message: Buffer | undefined): { id: number; value: bigint | Buffer }[] {
  if (message === undefined) return [];
  const found: { id: number; value: bigint | Buffer }[] = [];
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(offset++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    if (offset + length > message.length) throw new Error('a field is longer than its message');
    return message.subarray(offset, (offset += length));
  };
  while (offset < message.length) {
    const tag = Number(varint());
    const id = tag >> 3;
    const wireType = tag & 7;
    if (wireType === 0) found.push({ id, value: varint() });
    else if (wireType === 1) found.push({ id, value: bytes(8) });
    else if (wireType === 2) found.push({ id, value: bytes(Number(varint())) });
    else if (wireType === 5) found.push({ id, value: bytes(4) });
    else throw new Error(`no reader for the wire type ${wireType}`);
  }
  return found;
}
