/** A struct: its fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = boolean | number | bigint | Buffer | ThriftStruct | readonly ThriftValue[];

/**
 * Reads Thrift's binary protocol
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md).
 */
export class BinaryThriftReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A call: its name, whether it is one-way, and its arguments. */
  message(): { name: string; isOneWay: boolean; args: ThriftStruct } {
    const header = this.#bytes.readUInt32BE(this.#take(4));
    // Compact Thrift begins with 0x82.
    if (header >>> 16 !== 0x8001) throw new Error(`not strict binary Thrift: begins with 0x${header.toString(16)}`);
    const name = this.#binary().toString('latin1');
    this.#take(4);
    return { name, isOneWay: (header & 0xff) === 4, args: this.struct() };
  }

  struct(): ThriftStruct {
    const fields = new Map<number, ThriftValue>();
    for (;;) {
      const type = this.#bytes.readUInt8(this.#take(1));
      if (type === 0) return fields;
      const id = this.#bytes.readInt16BE(this.#take(2));
      fields.set(id, this.#value(type));
    }
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw new Error(`${this.#bytes.length - this.#offset} bytes left over`);
  }

  #value(type: number): ThriftValue {
    switch (type) {
      case 2:
        return this.#bytes.readUInt8(this.#take(1)) !== 0;
      case 3:
        return this.#bytes.readInt8(this.#take(1));
      case 4:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 6:
        return this.#bytes.readInt16BE(this.#take(2));
      case 8:
        return this.#bytes.readInt32BE(this.#take(4));
      case 10:
        return this.#bytes.readBigUInt64BE(this.#take(8));
      case 11:
        return this.#binary();
      case 12:
        return this.struct();
      case 14:
      case 15: {
        const item = this.#bytes.readUInt8(this.#take(1));
        const size = this.#bytes.readInt32BE(this.#take(4));
        return Array.from({ length: size }, () => this.#value(item));
      }
      default:
        throw new Error(`no reader for the Thrift type ${type}`);
    }
  }

  #binary(): Buffer {
    const length = this.#bytes.readInt32BE(this.#take(4));
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Moves on by `size`; gives where it was. */
  #take(size: number): number {
    const start = this.#offset;
    this.#offset += size;
    return start;
  }
}
