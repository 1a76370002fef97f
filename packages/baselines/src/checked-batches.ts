export { checkedBatches } from "@ltu/train";
