//! What the worker provides: an object `playground` among its globals.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Shows output of the program, or an error.
    #[wasm_bindgen(js_namespace = playground, js_name = showOutput)]
    pub(crate) fn show_output(is_error: bool, text: &str);

    /// Shows what collections did, in rows of [`ROW`](crate::log::ROW) numbers. `missed` more
    /// took place before those, and `memory` is that of [`memory`](crate::memory).
    #[wasm_bindgen(js_namespace = playground, js_name = showCollections)]
    pub(crate) fn show_collections(rows: &[f64], missed: u32, memory: &[f64]);
}
