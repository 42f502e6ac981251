import Hummingbird

/// `GET /metrics`: the figures of the server in the Prometheus text format.
func monitoringRoutes(_ services: Services) -> [Route] {
    [
        .get("/metrics") { _, _ in
            .text(
                services.metrics.text(queueDepths: services.classifier.queueDepths),
                mediaType: "text/plain; version=0.0.4; charset=utf-8")
        }
    ]
}
