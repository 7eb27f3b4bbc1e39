//! What is served: the page of the worker's heap, and its metrics.
//!
//! Whoever can read them sees what the program has in memory, so a service of yours serves them
//! to its operators alone.

use tiny_http::{Header, Method, Request, Response, Server};

use crate::worker::Worker;

/// The format of the metrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers requests until the server is unblocked.
pub(crate) fn serve(server: &Server, worker: &Worker) {
    for request in server.incoming_requests() {
        answer(request, worker);
    }
}

fn answer(request: Request, worker: &Worker) {
    let found = match (request.method(), request.url()) {
        (Method::Get, "/") => worker.page().map(|page| ("text/html; charset=utf-8", page)),
        (Method::Get, "/metrics") => {
            let text = worker.metrics();
            text.map(|text| (OPEN_METRICS, text.into_bytes()))
        }
        _ => None,
    };
    let response = match found {
        Some((kind, body)) => Response::from_data(body).with_header(content_type(kind)),
        None => Response::from_data("There is / and /metrics.\n").with_status_code(404),
    };
    // Who has gone away does not get an answer.
    let _ = request.respond(response);
}

fn content_type(kind: &str) -> Header {
    Header::from_bytes("Content-Type", kind).expect("a header in ASCII")
}
