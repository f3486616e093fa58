/** Prints which kinds of fact the room handles, and which it lets pass on purpose. For tests/console/test_facts_of_screens.py. */
import { ACTS, SILENT } from "../../static/js/room/dispatch.js";
import { CHANGES } from "../../static/js/room/facts.js";

console.log(JSON.stringify({ handled: [...new Set([...Object.keys(CHANGES), ...Object.keys(ACTS)])], silent: SILENT }));
