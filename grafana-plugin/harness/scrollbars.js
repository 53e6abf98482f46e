// A module in the old format whose default export a bundler hides behind another `default` when a .mjs file imports it.
import { Scrollbars } from "../node_modules/react-custom-scrollbars-2/lib/index.js";

export { Scrollbars };
export default Scrollbars;
