// DisposableStack, AsyncDisposableStack and SuppressedError, for the code that compilers make of `using`.
const { hide } = host.shared;

class SuppressedError extends Error {
  constructor(error, suppressed, message) {
    super(message);
    hide(this, "error", error);
    hide(this, "suppressed", suppressed);
  }
}
hide(SuppressedError.prototype, "name", "SuppressedError");

function disposerOf(value, ...symbols) {
  for (const symbol of symbols) {
    const method = value[symbol];
    if (method === undefined || method === null) continue;
    if (typeof method !== "function") throw new TypeError("The disposing method must be a function");
    return () => Reflect.apply(method, value, []);
  }
  throw new TypeError("The value cannot be disposed of");
}

/// What both stacks share: `symbols` are the methods by which a value is disposed of.
const stackOf = (symbols) =>
  class {
    #steps = [];
    #disposed = false;
    get disposed() {
      return this.#disposed;
    }
    #requireOpen() {
      if (this.#disposed) throw new ReferenceError("The stack was disposed of already");
    }
    use(value) {
      this.#requireOpen();
      if (value !== null && value !== undefined) this.#steps.push(disposerOf(value, ...symbols));
      return value;
    }
    adopt(value, f) {
      this.#requireOpen();
      if (typeof f !== "function") throw new TypeError("The second argument must be a function");
      this.#steps.push(() => f(value));
      return value;
    }
    defer(f) {
      this.#requireOpen();
      if (typeof f !== "function") throw new TypeError("The argument must be a function");
      this.#steps.push(() => f());
    }
    move() {
      this.#requireOpen();
      const moved = new this.constructor();
      moved.#steps = this.#take();
      return moved;
    }
    #take() {
      this.#disposed = true;
      const steps = this.#steps;
      this.#steps = [];
      return steps;
    }
    /// The steps to take, the last one first; none when it was done before.
    static stepsOf(stack) {
      return stack.#disposed ? [] : stack.#take().reverse();
    }
  };

const SyncBase = stackOf([Symbol.dispose]);
const { stepsOf: syncSteps } = SyncBase;
delete SyncBase.stepsOf;
const AsyncBase = stackOf([Symbol.asyncDispose, Symbol.dispose]);
const { stepsOf: asyncSteps } = AsyncBase;
delete AsyncBase.stepsOf;

function joined(failed, error) {
  return { error: failed ? new SuppressedError(error, failed.error, "An error was suppressed during disposal") : error };
}

class DisposableStack extends SyncBase {
  dispose() {
    let failed;
    for (const step of syncSteps(this)) {
      try {
        step();
      } catch (e) {
        failed = joined(failed, e);
      }
    }
    if (failed) throw failed.error;
  }
}
hide(DisposableStack.prototype, Symbol.dispose, DisposableStack.prototype.dispose);

class AsyncDisposableStack extends AsyncBase {
  async disposeAsync() {
    let failed;
    for (const step of asyncSteps(this)) {
      try {
        await step();
      } catch (e) {
        failed = joined(failed, e);
      }
    }
    if (failed) throw failed.error;
  }
}
hide(AsyncDisposableStack.prototype, Symbol.asyncDispose, AsyncDisposableStack.prototype.disposeAsync);

for (const type of [DisposableStack, AsyncDisposableStack])
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });

return { DisposableStack, AsyncDisposableStack, SuppressedError };
