/** Shows, for everyone to see, how often this page asked the network for anything from now on; product pictures aside. */
export function countRequests(counter: HTMLElement): void {
  let requests = 0;
  counter.textContent = "0";
  new PerformanceObserver((list) => {
    const asked = list.getEntriesByType("resource") as PerformanceResourceTiming[];
    requests += asked.filter(({ initiatorType }) => initiatorType !== "img").length;
    counter.textContent = String(requests);
  }).observe({ type: "resource" });
}
