//! The example `service` serves the page and the metrics of a heap that is in use.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

#[path = "../examples/service/server.rs"]
mod server;
#[path = "../examples/service/worker.rs"]
mod worker;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tiny_http::Server;

use worker::Worker;

/// Asks for a page, and returns the head and the body of the answer.
fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn number_in(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(name)).unwrap();
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
#[cfg_attr(miri, ignore = "it opens sockets")]
fn a_running_service_shows_its_heap() {
    let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
    let address = server.server_addr().to_ip().unwrap();
    let serving = thread::spawn({
        let server = Arc::clone(&server);
        move || server::serve(&server, &Worker::start(Duration::ZERO))
    });

    let (head, metrics) = get(address, "/metrics");
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    assert!(head.contains("application/openmetrics-text"), "{head}");
    assert!(number_in(&metrics, "gcycle_objects{thread=\"worker\"} ") >= 1.0, "{metrics}");

    // The leak shows itself after some requests, whenever these are.
    let page = loop {
        let (head, page) = get(address, "/");
        assert!(head.starts_with("HTTP/1.0 200") && head.contains("text/html"), "{head}");
        assert!(page.starts_with("<!doctype html>"));
        if page.contains("suspicious[3]") {
            break page;
        }
    };
    assert!(page.contains("the service"), "the root has a name");
    assert!(page.contains("\"timeline\":"));

    let (head, _) = get(address, "/nothing");
    assert!(head.starts_with("HTTP/1.0 404"), "{head}");
    server.unblock();
    serving.join().unwrap();
}
