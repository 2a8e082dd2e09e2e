// All that charts use of Vega when they are drawn in a page; esbuild leaves out the rest. What a
// chart may use of it is in `transforms`, which d2l_book/render/vega.py reads.
import { extend } from "vega-util";
import { transforms } from "vega-dataflow";
import * as data from "vega-transforms";
import * as views from "vega-view-transforms";
import * as encode from "vega-encode";
import * as regression from "vega-regression";

extend(transforms, data, views, encode, regression);

export { Warn } from "vega-util";
export { parse } from "vega-parser";
export { View } from "vega-view";
export { expressionInterpreter } from "vega-interpreter";
export { Handler } from "vega-tooltip";
export { transforms };
