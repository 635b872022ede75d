// For files whose result must not depend on the moment: asking for the time is an error.
const { requireTime } = host;
const RealDate = Date;

function Date_(...args) {
  if (args.length === 0 || !new.target) requireTime();
  return Reflect.construct(RealDate, args, new.target ?? Date_);
}
Object.defineProperties(Date_, {
  name: { value: "Date", configurable: true },
  length: { value: 7, configurable: true },
  prototype: { value: RealDate.prototype, writable: false },
});
Date_.parse = RealDate.parse;
Date_.UTC = RealDate.UTC;
Date_.now = () => requireTime();
RealDate.prototype.constructor = Date_;
globalThis.Date = Date_;
globalThis.performance = { now: requireTime };
