import Kernels

// Filter gradients as products of gathered patches with dy, summed over pixels. The cuts and the
// order of all sums follow from the shape.
extension CPUBackend {
    func gatheredFilterGradient(
        _ dy: residual_values, _ x: residual_values,
        _ geometry: Conv2dGeometry, into dw: UnsafeMutablePointer<Float>
    ) {
        let plan = GatherPlan(forward: geometry)
        let isSmall = plan.terms * geometry.outputChannels <= 128 * 1024
        if isSmall || geometry.groups > 1 {
            addSlabs(plan, dy, x, geometry, into: dw)
        } else if plan.rows > 0 {
            addSteps(plan, dy, x, into: dw)
        }
    }

    /// Up to 16 slabs of pixels, each with a gradient of its own; they are added in order. If
    /// these would be too large (many groups), ranges of rows instead, each with one owner.
    private func addSlabs(
        _ plan: GatherPlan, _ dy: residual_values, _ x: residual_values,
        _ geometry: Conv2dGeometry, into dw: UnsafeMutablePointer<Float>
    ) {
        let channels = geometry.outputChannels
        let size = plan.terms * channels
        let slabs = size <= 128 * 1024 ? max(1, min(16, plan.rows / 512)) : 1
        let ranges = slabs > 1 ? 1 : max(1, min(16, plan.terms / 56))
        withTemporary(floats: slabs > 1 ? slabs * size : 16) { parts in
            let results = slabs > 1 ? parts : dw
            plan.withShape { shape in
                let scratchSize = residual_gather_gradient_scratch(
                    shape, ceilDivide(plan.terms, ranges))
                pool.parallelFor(geometry.groups * slabs * ranges) { unit, worker in
                    let (group, block) = unit.quotientAndRemainder(dividingBy: slabs * ranges)
                    let (slab, range) = block.quotientAndRemainder(dividingBy: ranges)
                    let pixels = part(slab, of: slabs, plan.rows)
                    let rows = part(range, of: ranges, plan.terms)
                    let corner = rows.lowerBound * channels + group * plan.columns
                    residual_gather_gradient(
                        shape, x + group * plan.depth, dy + group * plan.columns, channels,
                        plan.columns, rows.lowerBound, rows.count, pixels.lowerBound, pixels.count,
                        results + slab * size + corner, channels,
                        scratch(worker, floats: scratchSize))
                }
            }
            if slabs > 1 { sumParts(parts, partCount: slabs, count: size, into: dw) }
        }
    }

    /// Steps of some hundred pixels: all threads gather patches and pack dy (4 MiB, which stay in
    /// the third level of cache), then each block of dw has one owner.
    private func addSteps(
        _ plan: GatherPlan, _ dy: residual_values, _ x: residual_values,
        into dw: UnsafeMutablePointer<Float>
    ) {
        let pixelsPerStep = min(
            plan.rows, max(128, min(1024, (1 << 20) / (plan.terms + plan.columns))))
        let ranges = max(1, min(32, plan.terms / 56))
        let columnParts = max(1, min(plan.panels, ceilDivide(16, ranges)))
        // A distance that is no power of two: neighbouring lines fall into different cache sets.
        let lineStride = ceilDivide(ceilDivide(plan.terms, ranges), 16) * 16 + 16
        let rangeSize = pixelsPerStep * lineStride
        let panelSize = pixelsPerStep * panelColumns
        withTemporary(floats: ranges * rangeSize + plan.panels * panelSize) { lines in
            let packed = lines + ranges * rangeSize
            plan.withShape { shape in
                for start in stride(from: 0, to: plan.rows, by: pixelsPerStep) {
                    let count = min(pixelsPerStep, plan.rows - start)
                    pool.parallelFor(ranges + plan.panels) { unit, _ in
                        if unit < ranges {
                            let rows = part(unit, of: ranges, plan.terms)
                            residual_gather_lines(
                                shape, x, rows.lowerBound, rows.count, start, count,
                                lines + unit * rangeSize, lineStride)
                        } else {
                            let panel = unit - ranges
                            let first = panel * panelColumns
                            residual_pack_panel(
                                dy + start * plan.columns + first, plan.columns, false, count,
                                min(panelColumns, plan.columns - first), packed + panel * panelSize)
                        }
                    }
                    pool.parallelFor(ranges * columnParts) { unit, _ in
                        let (range, columnPart) = unit.quotientAndRemainder(dividingBy: columnParts)
                        let rows = part(range, of: ranges, plan.terms)
                        let panels = part(columnPart, of: columnParts, plan.panels)
                        let first = panels.lowerBound * panelColumns
                        let last = min(plan.columns, panels.upperBound * panelColumns)
                        residual_lines_product(
                            lines + range * rangeSize, lineStride, rows.count,
                            packed + panels.lowerBound * panelSize, panelSize, last - first, count,
                            start > 0, dw + rows.lowerBound * plan.columns + first, plan.columns)
                    }
                }
            }
        }
    }
}

/// Part `index` of `count` nearly equal parts of 0..<`total`.
private func part(_ index: Int, of count: Int, _ total: Int) -> Range<Int> {
    total * index / count..<total * (index + 1) / count
}
