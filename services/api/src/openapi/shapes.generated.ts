import type { Schema } from "../gen/shape-schemas.js";
export const SHAPES: Record<string, Schema> = {};
