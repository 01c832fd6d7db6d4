declare function legacy(target: object, key: string, descriptor: PropertyDescriptor): void;

export class Subject {
  @legacy
  method(): void {}
}
