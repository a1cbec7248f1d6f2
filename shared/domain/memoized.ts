/**
 * Remembers the answers of a function of two objects that are never written to. An answer is kept while
 * both objects are in use elsewhere and is released with either of them, so that a process that runs for
 * months does not grow.
 *
 * An unchanged document stays the same object from one read to the next. So a decision finds the answers of
 * the decision before it.
 */
export function memoized<A extends object, B extends object, Answer>(
  make: (a: A, b: B) => Answer,
): (a: A, b: B) => Answer {
  const known = new WeakMap<A, WeakMap<B, { readonly answer: Answer }>>();
  return (a, b) => {
    let ofA = known.get(a);
    if (ofA === undefined) known.set(a, (ofA = new WeakMap()));
    let found = ofA.get(b);
    if (found === undefined) ofA.set(b, (found = { answer: make(a, b) }));
    return found.answer;
  };
}
