#!/usr/bin/env node
import { gross } from "./price.js";

const [net, rate] = process.argv.slice(2).map(Number);
try {
  console.log(gross(net, rate));
} catch (error) {
  console.error(error.message);
  console.error("Use: price-list <cents> <percent>");
  process.exit(2);
}
