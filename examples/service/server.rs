//! What is served: the page of the worker's heap, and its metrics.
//!
//! Whoever can read them sees what the program has in memory, so a service of yours serves them
//! to its operators alone.
//!
//! A client that does not read its answer keeps a thread waiting, and nobody else: each request
//! has a thread of its own. There are only so many, for all and for each connection.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::hosts::Hosts;
use crate::worker::Worker;

/// The format of the metrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// So many requests are answered at a time.
const MOST: usize = 32;

/// So many of one connection, which can send several before it reads an answer.
const MOST_OF_ONE: usize = 4;

/// Answers requests until the server is unblocked.
pub(crate) fn serve(server: &Server, worker: &Worker, hosts: &Hosts) {
    let answering = Answering::default();
    thread::scope(|scope| {
        for request in server.incoming_requests() {
            if let Some(place) = answering.start(request.remote_addr().copied()) {
                scope.spawn(move || {
                    answer(request, worker, hosts);
                    drop(place);
                });
            } else {
                // Even a refusal might have to wait.
                drop(request.into_writer());
            }
        }
    });
}

fn answer(request: Request, worker: &Worker, hosts: &Hosts) {
    let mut named = request.headers().iter().filter(|header| header.field.equiv("Host"));
    let is_ours = named.all(|header| hosts.contains(header.value.as_str()));
    let found = match (request.method(), request.url()) {
        _ if !is_ours => Err((421, "This service is not at that address.\n")),
        (Method::Get, "/") => {
            worker.page().map(|page| ("text/html; charset=utf-8", page)).ok_or(ENDED)
        }
        (Method::Get, "/metrics") => {
            let text = worker.metrics().ok_or(ENDED);
            text.map(|text| (OPEN_METRICS, text.into_bytes()))
        }
        _ => Err((404, "There is / and /metrics.\n")),
    };
    let response = match found {
        Ok((kind, body)) => Response::from_data(body).with_header(content_type(kind)),
        Err((code, text)) => Response::from_data(text).with_status_code(code),
    };
    // Who has gone away does not get an answer.
    let _ = request.respond(response);
}

const ENDED: (u16, &str) = (503, "The worker has ended.\n");

fn content_type(kind: &str) -> Header {
    Header::from_bytes("Content-Type", kind).expect("a header in ASCII")
}

/// The connections that requests are answered of, each as often as there are requests.
#[derive(Default)]
struct Answering(Mutex<Vec<Option<SocketAddr>>>);

/// A request of this connection is answered until it is dropped.
struct Place<'a> {
    answering: &'a Answering,
    connection: Option<SocketAddr>,
}

impl Answering {
    /// A place for a request of this connection; `None` if there are too many.
    fn start(&self, connection: Option<SocketAddr>) -> Option<Place<'_>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this = all.iter().filter(|&&other| other == connection).count();
        let has_room = all.len() < MOST && of_this < MOST_OF_ONE;
        has_room.then(|| {
            all.push(connection);
            Place { answering: self, connection }
        })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut all = self.answering.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = all.iter().position(|&other| other == self.connection) {
            all.swap_remove(place);
        }
    }
}
