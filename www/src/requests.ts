/** Shows, for everyone to see, how often this page asked the network for anything from now on; product pictures aside. */
export function countRequests(counter: HTMLElement): void {
  let requests = 0;
  const since = performance.now();
  counter.textContent = "0";
  new PerformanceObserver((list) => {
    const asked = list.getEntriesByType("resource") as PerformanceResourceTiming[];
    // What began before may be reported only now.
    requests += asked.filter(({ initiatorType, startTime }) => startTime >= since && initiatorType !== "img").length;
    counter.textContent = String(requests);
  }).observe({ type: "resource" });
}
