// Sends with @segment/analytics-node, as a shop's own program would: node sends.mjs ADDRESS KEY NUMBER
import { Analytics } from "@segment/analytics-node";

const [address, key, number] = process.argv.slice(2);
const analytics = new Analytics({ host: address, path: "/v1/batch", writeKey: key, flushAt: 15, maxRetries: 8 });
const failures = [];
analytics.on("error", (error) => failures.push(String(error.reason ?? error.code ?? error)));

analytics.identify({ userId: "n-1", anonymousId: "a-1", traits: { firstName: "Aziza", phone: "+998 90 111 22 33" } });
analytics.page({ userId: "n-1", name: "Prices", properties: { url: "https://salon.example.uz/prices" } });
analytics.screen({ anonymousId: "a-2", name: "Start" });
analytics.group({ userId: "n-1", groupId: "firm", traits: { name: "Choyxona" } });
analytics.alias({ userId: "n-1", previousId: "a-2" });
analytics.track({
    userId: "n-1",
    event: "Order Completed",
    properties: {
        order_id: "N-100",
        currency: "UZS",
        products: [
            { product_id: "1", name: "Haircut", price: 120000, quantity: 1 },
            { product_id: "2", name: "Shampoo", price: 45000, quantity: 2 },
        ],
    },
});
for (let place = 0; place < Number(number); place += 1) {
    analytics.track({ userId: `n-${place % 7}`, event: "visit", properties: { waited_minutes: place % 10 } });
}
await analytics.closeAndFlush({ timeout: 60000 });
console.log(JSON.stringify({ failures }));
