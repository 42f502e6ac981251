/// The figures of a segmentation that are about all classes together, by their names in `report.json`.
public enum SegmentationFigure: String, Sendable, CaseIterable {
    /// The mean of the IoU of the classes, over the pixels of all images.
    case meanIoU = "mean_iou"
    /// The mean of the Dice coefficients of the classes, over the pixels of all images.
    case meanDice = "mean_dice"
    /// The share of the pixels that were given their own class.
    case pixelAccuracy = "pixel_accuracy"
    /// The mean recall of the classes present.
    case meanClassAccuracy = "mean_class_accuracy"
    /// The mean of the IoU of the classes, weighted by their pixels.
    case frequencyWeightedIoU = "frequency_weighted_iou"
    /// The mean over the images of the mean IoU of each.
    case imageIoU = "mean_image_iou"
    /// The mean negative log-probability of the true class of a pixel, in nats.
    case logLoss = "log_loss"
}

/// What a measure makes of the class of the pixels that even labellers leave open, such as the border
/// in a trimap.
public enum BorderRule: Sendable, CaseIterable {
    /// It is a class like the others.
    case counted
    /// Pixels that truly have it are left out, and so is it from means over the classes; where it is
    /// predicted for another class, that class has been missed.
    case ignored

    /// The name of a figure under this rule.
    public func name(_ figure: SegmentationFigure) -> String {
        self == .counted ? figure.rawValue : "\(figure.rawValue)_without_border"
    }
}
