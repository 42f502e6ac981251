import Kernels

// Convolutions as products with gathered patches: every kernel, stride, padding, dilation, group
// and number of channels.
extension CPUBackend {
    /// Packs the filter of a forward pass, group by group.
    func packFilter(
        _ w: UnsafeMutablePointer<Float>, _ plan: GatherPlan, _ geometry: Conv2dGeometry,
        into packed: UnsafeMutablePointer<Float>
    ) {
        let groupSize = plan.panels * plan.panelSize
        pool.parallelFor(geometry.groups * plan.panels) { unit, _ in
            let (group, panel) = unit.quotientAndRemainder(dividingBy: plan.panels)
            let first = panel * panelColumns
            residual_pack_panel(
                residual_values(w + group * plan.columns + first), geometry.outputChannels, false,
                plan.terms,
                min(panelColumns, plan.columns - first),
                packed + group * groupSize + panel * plan.panelSize)
        }
    }

    func gatheredInputGradient(
        _ dy: residual_values, _ w: UnsafeMutablePointer<Float>,
        _ geometry: Conv2dGeometry, streams: Bool, into dx: residual_values
    ) {
        var plans: [GatherPlan] = []
        for y in 0..<min(geometry.stride.height, geometry.height) {
            for x in 0..<min(geometry.stride.width, geometry.width) {
                plans.append(
                    GatherPlan(inputGradient: geometry, phase: Spatial(height: y, width: x)))
            }
        }
        if plans.first?.fillsCells == true { plans.removeLast(plans.count - 1) }
        let groupSize = plans.reduce(0) { $0 + $1.panels * $1.panelSize }
        withTemporary(floats: geometry.groups * groupSize) { packed in
            packTransposedFilters(w, geometry, plans, into: packed)
            var epilogue = residual_epilogue()
            epilogue.streams = streams && geometry.inputChannels / geometry.groups % 16 == 0
            var start = packed
            for plan in plans {
                multiply(
                    plan, groups: geometry.groups, dy, start, groupSize: groupSize, epilogue,
                    into: dx)
                start += plan.panels * plan.panelSize
            }
        }
    }

    /// Packs, for each group and phase, the taps' [O, I] matrices one below the other.
    private func packTransposedFilters(
        _ w: UnsafeMutablePointer<Float>, _ geometry: Conv2dGeometry, _ plans: [GatherPlan],
        into packed: UnsafeMutablePointer<Float>
    ) {
        let columns = geometry.inputChannels / geometry.groups
        let depth = geometry.outputChannels / geometry.groups
        let panels = ceilDivide(columns, panelColumns)
        pool.parallelFor(geometry.groups * panels) { unit, _ in
            let (group, panel) = unit.quotientAndRemainder(dividingBy: panels)
            let first = panel * panelColumns
            var start = packed + group * plans.reduce(0) { $0 + $1.panels * $1.panelSize }
            for plan in plans {
                plan.forEachTap { position, index in
                    let corner = (index * columns + first) * geometry.outputChannels
                    residual_pack_panel(
                        residual_values(w + corner + group * depth), geometry.outputChannels, true,
                        depth, min(panelColumns, columns - first),
                        start + panel * plan.panelSize + position * depth * panelColumns)
                }
                start += plan.panels * plan.panelSize
            }
        }
    }

    /// Runs the products of all groups, whose packed filters are `groupSize` floats apart. An epilogue is
    /// for plans that cover the destination.
    func multiply(
        _ plan: GatherPlan, groups: Int, _ source: residual_values,
        _ packed: UnsafeMutablePointer<Float>, groupSize: Int, _ epilogue: residual_epilogue,
        into destination: residual_values
    ) {
        let blocks = BlockPlan(rows: plan.rows, columns: plan.columns, depth: plan.terms)
        plan.withShape { shape in
            let scratchSize = residual_gather_scratch(
                source.element, shape, blocks.rowsPerBlock, blocks.columnsPerBlock)
            pool.parallelFor(groups * blocks.count) { unit, worker in
                let (group, block) = unit.quotientAndRemainder(dividingBy: blocks.count)
                let rows = blocks.rows(of: block)
                let columns = blocks.columns(of: block)
                let channel = group * plan.columns + columns.lowerBound
                var epilogue = epilogue
                epilogue.bias = epilogue.bias.map { $0 + channel }
                epilogue.residual = epilogue.residual + channel
                residual_gather_product(
                    shape, source + group * plan.depth,
                    packed + group * groupSize + columns.lowerBound * plan.terms,
                    plan.panelSize, &epilogue, columns.count, rows.lowerBound,
                    rows.count, destination + channel, scratch(worker, floats: scratchSize))
            }
        }
    }
}
