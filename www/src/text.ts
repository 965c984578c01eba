/** The page's words in both languages. */
export const TEXT = {
  en: {
    tagline: "The shop's search results, re-ranked inside your browser.",
    search: "Search", placeholder: "What are you looking for?",
    shopOrder: "The shop's order", ourOrder: "Windowshop's order", session: "Your session",
    promise: "requests since the page was ready. What you do stays in this page.",
    consent: "Remember me in this browser", pause: "Pause", clear: "Clear", export: "Export",
    simulated: "The store is a sample: its products are drawn, its behaviour log is simulated.",
    click: "View", cart: "Add to cart", purchase: "Buy", cancel: "Cancel",
    why: "Why here?", nothing: "Nothing found.", loading: "Loading…", empty: "Nothing yet: view or buy something and search again.",
    ready: (backend: string, ms: string, n: number) => `${n} products · ${backend} · ${ms} ms`,
    other: "中文",
    query_match: "matches your search", session_group: "fits your session", item_quality: "popular", look: "looks like what you liked", shop_order: "the shop's choice",
    queries: ["red shirt", "gift", "music", "shoes", "camera", "tea"],
  },
  zh: {
    tagline: "商店的搜索结果，在您的浏览器里重新排序。",
    search: "搜索", placeholder: "您在找什么？",
    shopOrder: "商店的排序", ourOrder: "Windowshop 的排序", session: "您的会话",
    promise: "次网络请求（页面就绪之后）。您的行为不会离开此页面。",
    consent: "在此浏览器中记住我", pause: "暂停", clear: "清除", export: "导出",
    simulated: "这是示例商店：商品为图画，行为日志为模拟数据。",
    click: "查看", cart: "加入购物车", purchase: "购买", cancel: "取消",
    why: "为什么在这里？", nothing: "没有结果。", loading: "正在加载…", empty: "还没有记录：查看或购买商品后再搜索。",
    ready: (backend: string, ms: string, n: number) => `${n} 件商品 · ${backend} · ${ms} 毫秒`,
    other: "English",
    query_match: "符合搜索", session_group: "符合您的会话", item_quality: "受欢迎", look: "外观相似", shop_order: "商店推荐",
    queries: ["红色 衬衫", "礼物", "音乐", "鞋", "相机", "茶"],
  },
} as const;

export type Language = keyof typeof TEXT;
