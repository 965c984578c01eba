/** Counts and shows the network requests of this page from now on, product photos not counted. */
export function countRequests(counter: HTMLElement): void {
  let requests = 0;
  const since = performance.now();
  counter.textContent = "0";
  new PerformanceObserver((list) => {
    const entries = list.getEntriesByType("resource") as PerformanceResourceTiming[];
    // Requests that began earlier may be reported only now.
    requests += entries.filter(({ initiatorType, startTime }) => startTime >= since && initiatorType !== "img").length;
    counter.textContent = String(requests);
  }).observe({ type: "resource" });
}
