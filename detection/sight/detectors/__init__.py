"""What finds things in pictures, chosen per installation: `opencv` needs nothing, `ultralytics` a trained model."""
