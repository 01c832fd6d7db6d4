declare function tc39(method: () => void, context: ClassMethodDecoratorContext): void;

export class Subject {
  @tc39
  method(): void {}
}
