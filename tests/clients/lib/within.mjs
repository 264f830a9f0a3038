/** No step of a test takes this long: it only turns a hang into a failure. In milliseconds. */
export const DEADLINE = 30_000;

/** The outcome of a promise, or a failure that says what was waited for. */
export async function within(promise, awaited, deadline = DEADLINE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`gave up waiting for ${awaited}`)), deadline);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise and the functions that settle it. */
export function deferred() {
  const it = {};
  it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
  // Whoever awaits it hears of a rejection; until then it is no fault that nobody does.
  it.promise.catch(() => {});
  return it;
}
