extension Image {
    /// The picture turned and mirrored as its EXIF orientation asks.
    ///
    /// 1 as it is, 2 mirrored, 3 turned by 180°, 4 upside down, 5 transposed, 6 turned by 90°
    /// clockwise, 7 transposed along the other diagonal, 8 turned by 90° counterclockwise
    /// (EXIF 2.32, tag 0x0112). Other values leave the picture as it is.
    package func upright(orientation: Int) -> Image {
        guard (2...8).contains(orientation) else { return self }
        let swapsAxes = orientation >= 5
        // Where the upright picture's pixel (row, column) lies in the stored one.
        let fromBottom = [3, 4, 6, 7].contains(orientation)
        let fromRight = [2, 3, 7, 8].contains(orientation)
        let newWidth = swapsAxes ? height : width
        let newHeight = swapsAxes ? width : height
        return Image(width: newWidth, height: newHeight) { target in
            pixels.withUnsafeBufferPointer { source in
                var offset = 0
                for row in 0..<newHeight {
                    for column in 0..<newWidth {
                        var y = swapsAxes ? column : row
                        var x = swapsAxes ? row : column
                        if fromBottom { y = height - 1 - y }
                        if fromRight { x = width - 1 - x }
                        let from = (y * width + x) * 3
                        target[offset] = source[from]
                        target[offset + 1] = source[from + 1]
                        target[offset + 2] = source[from + 2]
                        offset += 3
                    }
                }
            }
        }
    }
}
